from . import container as container, growing as growing
from .attributes import read_recipe as read_recipe
from .datasets import collect as collect, collect_prior as collect_prior
from .diagnostics import diagnose as diagnose, warning_text as warning_text
from .files import read_groups as read_groups, write_groups as write_groups
from .groups import Groups as Groups
from .inference import inference_data as inference_data, like as like
from .kept import without_draws as without_draws
from .recipe import Recipe as Recipe, RecipePrior as RecipePrior, make_recipe as make_recipe
from .state import read_state as read_state
