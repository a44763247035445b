"""Programs written by hand, for tests of the engines that run them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

import formix as fx
from formix.program.load import load
from formix.program.program import Program


@dataclass(frozen=True)
class Site:
    """As much of a parameter as an engine reads."""

    site: str


@dataclass(frozen=True)
class Asked:
    """As much of a spec as engines of any program read: the sites of the results."""

    parameters: tuple[Site, ...]
    effect_sites: tuple[str, ...] = ()


def asked(*sites: str) -> Asked:
    return Asked(tuple(Site(site) for site in sites))


SLEEP_TEXT = """\
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, Subject, Z_Subject, Reaction=None):
    at_means = numpyro.sample("Intercept@means", dist.StudentT(3.0, 288.7, 59.3))
    slopes = numpyro.sample("slopes", dist.ImproperUniform(dist.constraints.real, (), (1,)))
    intercept = at_means - jnp.array([4.5]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    sd_Subject = numpyro.sample("sd_Subject", half_t(3.0, 59.3 * jnp.ones(2)))
    L_Subject = numpyro.sample("L_Subject", dist.LKJCholesky(2, concentration=1.0))
    z_Subject = numpyro.sample("z_Subject", dist.Normal(jnp.zeros((18, 2)), 1.0))
    numpyro.deterministic("cor_Subject", L_Subject @ L_Subject.T)
    scaled_Subject = sd_Subject[:, None] * L_Subject
    r_Subject = numpyro.deterministic("r_Subject", z_Subject @ scaled_Subject.T)
    sigma = numpyro.sample("sigma", half_t(3.0, 59.3))
    eta = X @ beta + jnp.sum(Z_Subject * r_Subject[Subject], axis=-1)
    numpyro.sample("Reaction", dist.Normal(eta, sigma), obs=Reaction)
"""
"""The sleep study under the priors of brms: `Reaction ~ Days + (Days | Subject)`."""

SLEEP_SITES = asked("beta", "sd_Subject", "cor_Subject", "r_Subject", "sigma")


def sleep_data() -> dict[str, np.ndarray]:
    data = fx.load("sleepstudy")
    X = np.column_stack([np.ones(len(data)), data["Days"]])
    index = data["Subject"].cat.codes.to_numpy().astype(np.int32)
    return {"X": X, "Subject": index, "Z_Subject": X, "Reaction": data["Reaction"].to_numpy(float)}


def program(text: str, data: Mapping[str, np.ndarray], response: str) -> Program:
    return Program(text, load(text), data, response, response)


def sleep() -> Program:
    return program(SLEEP_TEXT, sleep_data(), "Reaction")


LINE_TEXT = """\
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(X, y=None):
    beta = numpyro.sample("beta", dist.Normal(jnp.zeros(2), 10.0))
    numpyro.sample("y", dist.Normal(X @ beta, 0.5), obs=y)
"""
"""A line through points with a known sigma, whose posterior is normal."""


def line(seed: int = 1) -> Program:
    generator = np.random.default_rng(seed)
    X = np.column_stack([np.ones(40), generator.normal(2.0, 1.0, 40)])
    y = X @ [1.0, -2.0] + 0.5 * generator.normal(size=40)
    return program(LINE_TEXT, {"X": X, "y": y}, "y")


def line_posterior(program: Program) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact mean and covariance of the line's coefficients."""
    X, y = program.data["X"], program.data["y"]
    precision = X.T @ X / 0.25 + np.eye(2) / 100.0
    return np.linalg.solve(precision, X.T @ y / 0.25), np.linalg.inv(precision)
