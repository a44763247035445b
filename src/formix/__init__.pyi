from .at_once import fit as fit
from .catalogue import datasets as datasets, load as load
from .errors import (
    ArgumentError as ArgumentError,
    ConvergenceWarning as ConvergenceWarning,
    DataError as DataError,
    DataWarning as DataWarning,
    EngineError as EngineError,
    FallbackWarning as FallbackWarning,
    FormixError as FormixError,
    FormixWarning as FormixWarning,
    FormulaError as FormulaError,
    FormulaSyntaxError as FormulaSyntaxError,
    PriorError as PriorError,
    RankWarning as RankWarning,
    ResultError as ResultError,
    UnknownColumnError as UnknownColumnError,
    UnknownFunctionError as UnknownFunctionError,
    UnknownLevelError as UnknownLevelError,
    UnsupportedError as UnsupportedError,
)
from .families import (
    Family as Family,
    FamilyParameter as FamilyParameter,
    acat as acat,
    bernoulli as bernoulli,
    beta as beta,
    binomial as binomial,
    categorical as categorical,
    cratio as cratio,
    cumulative as cumulative,
    dirichlet as dirichlet,
    gamma as gamma,
    gaussian as gaussian,
    lognormal as lognormal,
    multinomial as multinomial,
    negative_binomial as negative_binomial,
    poisson as poisson,
    sratio as sratio,
    student as student,
)
from .formulas import expand as expand, parse as parse, to_text as to_text
from .maximum import Estimates as Estimates
from .models import Model as Model
from .prior import Prior as Prior
from .verbs.coef import coef as coef
from .verbs.extend import extend as extend
from .verbs.file import read as read, write as write
from .verbs.fixef import fixef as fixef
from .verbs.log_likelihood import log_likelihood as log_likelihood
from .verbs.model import model as model
from .verbs.predict import predict as predict
from .verbs.priors import priors as priors
from .verbs.ranef import ranef as ranef
from .verbs.redraw import redraw as redraw
from .verbs.sigma import sigma as sigma
from .verbs.source import source as source
from .verbs.summary import summary as summary
from .verbs.varcorr import varcorr as varcorr

__version__: str
