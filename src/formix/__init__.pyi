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
    MissingLibraryError as MissingLibraryError,
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
    asymmetric_laplace as asymmetric_laplace,
    bernoulli as bernoulli,
    beta as beta,
    beta_binomial as beta_binomial,
    binomial as binomial,
    categorical as categorical,
    cratio as cratio,
    cumulative as cumulative,
    dirichlet as dirichlet,
    exgaussian as exgaussian,
    exponential as exponential,
    gamma as gamma,
    gaussian as gaussian,
    geometric as geometric,
    hurdle_gamma as hurdle_gamma,
    hurdle_lognormal as hurdle_lognormal,
    hurdle_negative_binomial as hurdle_negative_binomial,
    hurdle_poisson as hurdle_poisson,
    inverse_gaussian as inverse_gaussian,
    lognormal as lognormal,
    multinomial as multinomial,
    nb1 as nb1,
    negative_binomial as negative_binomial,
    poisson as poisson,
    skew_normal as skew_normal,
    sratio as sratio,
    student as student,
    von_mises as von_mises,
    weibull as weibull,
    zero_inflated_beta as zero_inflated_beta,
    zero_inflated_binomial as zero_inflated_binomial,
    zero_inflated_negative_binomial as zero_inflated_negative_binomial,
    zero_inflated_poisson as zero_inflated_poisson,
    zero_one_inflated_beta as zero_one_inflated_beta,
)
from .formulas import expand as expand, parse as parse, to_text as to_text
from .maximum import Estimates as Estimates
from .models import Model as Model
from .plots.check import plot_check as plot_check
from .plots.effects import plot_effects as plot_effects
from .plots.groups import plot_groups as plot_groups
from .plots.prior import plot_prior as plot_prior
from .plots.ranef import plot_ranef as plot_ranef
from .plots.ranef_pairs import plot_ranef_pairs as plot_ranef_pairs
from .plots.shrinkage import plot_shrinkage as plot_shrinkage
from .plots.vpc import plot_vpc as plot_vpc
from .prior import Prior as Prior
from .reporting.report import report as report
from .verbs.coef import coef as coef
from .verbs.compare_lme4 import compare_lme4 as compare_lme4
from .verbs.comparisons import comparisons as comparisons
from .verbs.effects import effects as effects
from .verbs.emmeans import emmeans as emmeans
from .verbs.extend import extend as extend
from .verbs.file import read as read, write as write
from .verbs.fixef import fixef as fixef
from .verbs.graph import graph as graph
from .verbs.hierarchy import hierarchy as hierarchy
from .verbs.hypothesis import hypothesis as hypothesis
from .verbs.kfold import kfold as kfold
from .verbs.log_likelihood import log_likelihood as log_likelihood
from .verbs.model import model as model
from .verbs.ppp import ppp as ppp
from .verbs.predict import predict as predict
from .verbs.predictions import predictions as predictions
from .verbs.priors import priors as priors
from .verbs.r2 import r2 as r2
from .verbs.r_code import r_code as r_code
from .verbs.ranef import ranef as ranef
from .verbs.redraw import redraw as redraw
from .verbs.residuals import fitted as fitted, residuals as residuals
from .verbs.sensitivity import sensitivity as sensitivity
from .verbs.sigma import sigma as sigma
from .verbs.simulate import simulate as simulate
from .verbs.slopes import slopes as slopes
from .verbs.source import source as source
from .verbs.summary import summary as summary
from .verbs.varcorr import varcorr as varcorr
from .verbs.vpc import icc as icc, vpc as vpc

__version__: str
