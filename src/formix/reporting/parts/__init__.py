"""What the page says, part by part, in its order."""

from formix.reporting.part import Part
from formix.reporting.parts import (
    again,
    citation,
    data,
    diagnostics,
    diagrams,
    estimates,
    groups,
    lme4,
    model,
    pictures,
    program,
)

PARTS = (
    Part("model", "Model", (model.described, model.notes)),
    Part("data", "Data", (data.rows, data.columns, data.groups, diagrams.nested)),
    Part("estimates", "Estimates", (estimates.summarised, pictures.effects)),
    Part("groups", "Group-level effects", (groups.levels, pictures.groups, pictures.pairs)),
    Part(
        "diagnostics", "Diagnostics", (diagnostics.findings, diagnostics.measures, diagnostics.run)
    ),
    Part("checks", "Checks", (pictures.checked, pictures.parted)),
    Part("priors", "Priors", (estimates.priors, pictures.priors)),
    Part("program", "Program", (program.program, program.engine_program, diagrams.assumed)),
    Part("lme4", "Beside lme4", (lme4.compared, lme4.called)),
    Part("again", "To reproduce", (again.again, again.versions)),
    Part("citation", "To cite", (citation.citation,)),
)
"""The sections of the page."""
