"""The lines of linear predictors, and what they give the likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from formix.program.layout import laid_out
from formix.spec import THRESHOLD

if TYPE_CHECKING:
    from formix.spec import Predictor, Spec
    from formix.spelling import Identifiers


def predictor_lines(
    spec: Spec, predictor: Predictor, spelled: Mapping[str, str], identifiers: Identifiers
) -> tuple[list[str], str, str]:
    """Return the lines of a linear predictor, what it gives, and what stands for that.

    Parameters
    ----------
    spelled
        What stands for the parameters whose lines come before.
    """
    family, main = spec.family, predictor.name == spec.family.main
    eta = identifiers.make("eta" if main else f"eta_{predictor.name}")
    lines = _sum_lines(spec, predictor, eta)
    if predictor.parameter == family.main and family.by_level:
        return lines, predictor.name, eta
    if predictor.thresholds:
        z = _of_thresholds(spec, eta, spelled.get("disc", "1.0"))
        return _logit_lines(lines, z, predictor.link.logits_source, identifiers)
    name, inverse = predictor.name, predictor.link.inverse_source
    if main and family.logits:
        name, inverse = "logits", predictor.link.logits_source
    if inverse == "{eta}":
        return lines, name, eta
    target = identifiers.make(name)
    return lines + laid_out(f"{target} = {inverse.format(eta=eta)}", 4), name, target


def level_lines(spec: Spec, spelled: dict[str, str], identifiers: Identifiers) -> list[str]:
    """Return the line that puts the predictors of all levels side by side, as the `logits`."""
    etas = [spelled[p.name] for p in spec.predictors if p.parameter == spec.family.main]
    spelled["logits"] = identifiers.make("logits")
    columns = ", ".join([f"jnp.zeros_like({etas[0]})", *etas])
    return laid_out(f"{spelled['logits']} = jnp.stack([{columns}], axis=-1)", 4)


def _sum_lines(spec: Spec, predictor: Predictor, eta: str) -> list[str]:
    mine = [s.expression for s in spec.summands if s.predictor == predictor.name]
    if not mine:
        mine = [f"jnp.zeros({len(spec.response.values)})"]
    lines = laid_out(f"{eta} = {' + '.join(mine)}", 4)
    if len(lines) > 1 and len(mine) > 1:
        lines = laid_out(f"{eta} = {mine[0]}", 4)
        for expression in mine[1:]:
            lines += laid_out(f"{eta} += {expression}", 4)
    return lines


def _of_thresholds(spec: Spec, eta: str, disc: str) -> str:
    """Return what the link is of, at each threshold."""
    threshold = next(s.target for s in spec.statements if s.site == THRESHOLD)
    of = f"{eta}[:, None]"
    z = f"{of} - {threshold}" if spec.family.onward else f"{threshold} - {of}"
    if disc == "1.0":
        return z
    by_row = any(predictor.name == "disc" for predictor in spec.predictors)
    return f"{disc}{'[:, None]' if by_row else ''} * ({z})"


def _logit_lines(
    lines: list[str], z: str, inverse: str, identifiers: Identifiers
) -> tuple[list[str], str, str]:
    """Return the lines of the log odds at each threshold."""
    if inverse != "{eta}":
        name = identifiers.make("z")
        lines = lines + laid_out(f"{name} = {z}", 4)
        z = inverse.format(eta=name)
    logits = identifiers.make("logits")
    return lines + laid_out(f"{logits} = {z}", 4), "logits", logits
