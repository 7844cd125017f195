#!/usr/bin/env python3
"""Writes docs/method-comparison.md: the methods of pytorch_optimizer, optax, timm and Keras beside Tanren's.

    Benchmarks/method_comparison.py names    # asks the installed packages, and writes method_names.json
    Benchmarks/method_comparison.py page     # writes the page from it and from docs/methods.md

The names are those that the packages export themselves. Each of them stands in a row with a method of Tanren, or with a
reason why there is none; the script fails on a name that has neither.
"""

import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = HERE / "method_names.json"
METHODS = HERE.parent / "docs" / "methods.md"
PAGE = HERE.parent / "docs" / "method-comparison.md"
PACKAGES = ["pytorch_optimizer", "optax", "timm", "keras"]

# Their name, in lower case and letters and digits only, to the row's, where it isn't the same.
ALIASES = {
    "adadelta": "adadelta", "adafactorbv": "adafactor", "adamaxw": "adamax", "amsgrad": "adam", "adamwlegacy": "adamw", "sgdr": "sgd",
    "momentum": "sgd", "nesterov": "sgd", "sgdw": "sgdw", "nesterovw": "sgdw", "larc": "lars", "nlars": "lars", "nlarc": "lars",
    "nadamlegacy": "nadam", "radamlegacy": "radam", "rmsproptf": "rmsprop", "rmsproptfw": "rmsprop", "radamw": "radam", "lambw": "lamb",
    "lambcd": "lamb", "lambcw": "lamb", "nadamw": "nadam", "adanw": "adan", "adoptw": "adopt", "madgradw": "madgrad", "novogradw": "novograd", "kronw": "kron",
    "radabelief": "adabelief", "signum": "signsgd", "dadaptadamw": "dadaptadam", "schedulefree": "schedulefreesgd", "nmuon": "muon",
    "distributedmuon": "muon", "scalableshampoo": "shampoo", "sophiah": "sophia", "optimisticadamv2": "optimisticadam", "adaptivegradclip": "agc",
    "clip": "clipbyvalue", "adddecayedweights": "decay", "addnoise": "noise", "clipbyblockrms": "clipbyblockrms",
    "reduceonplateau": "reducelronplateau", "nadamuon": "adamuon", "multioptimizer": "partition", "bsam": "bsam",
    "lossscaleoptimizer": "lossscaling", "applyiffinite": "lossscaling", "skipnotfinite": "lossscaling", "multitransform": "partition",
    "normalizebyupdatenorm": "normalize", "keepparamsnonnegative": "nonnegative", "dpsgd": "differentialprivacy",
    "differentiallyprivateaggregate": "differentialprivacy", "perexampleglobalnormclip": "differentialprivacy",
    "perexamplelayernormclip": "differentialprivacy", "hutchinsonestimatordiaghessian": "hutchinson", "multisteps": "accumulation",
    "gradientcentralization": "centralize", "multistep": "accumulation", "masked": "partition",
}

# Parts of timm's names that make them another row's: other libraries' kernels.
TIMM = [(r"^bnb.*8bit$", "eightbit"), (r"^(fused|bnb)", "")]

# A row to what Tanren writes for it, where its name is another one.
OURS = {
    "adamw": "adamW", "sgd": "sgd, momentum, nesterov", "sgdw": "adamW's decay for any optimizer: preceded", "adabelief": "adaBelief",
    "adabound": "adaBound", "ademamix": "adEMAMix", "dadaptadam": "dAdaptAdam", "dadaptsgd": "dAdaptSGD",
    "schedulefreesgd": "sgd with scheduleFree", "schedulefreeadamw": "adamW with scheduleFree", "schedulefreeradam": "radam with scheduleFree",
    "ranger": "radam with lookahead", "signsgd": "preceded by sign",
    "cautious": "cautious", "agc": "clipAdaptively", "clipbyvalue": "clipByValue", "clipbyglobalnorm": "clipByGlobalNorm", "decay": "decay",
    "noise": "noise", "centralize": "centralize", "lookahead": "lookahead", "sam": "sam", "gsam": "gsam", "wsam": "wsam", "bsam": "bsam",
    "looksam": "lookSAM", "friendlysam": "friendlySAM", "pcgrad": "surgery", "reducelronplateau": "onPlateau", "ema": "ema",
    "lossscaling": "lossScale, skipNonFinite", "partition": "groups", "accumulation": "accumulation", "nonnegative": "constrained",
    "hutchinson": "curvature", "noisysgd": "preceded by noise, sgd", "qhadam": "qhAdam",
}

# Why there is none: what is particular about the method, and what stands against it or in its place.
REASONS = {
    "a2grad": "its step sizes follow from a Lipschitz constant of the gradient, which isn't known for networks",
    "accsgd": "four coupled constants for the momentum of a least-squares analysis; `nesterov` has one of the two sequences",
    "acprop": "AdaBelief's second moment with the divisor of the step before, which `adopt` has for Adam's",
    "adagc": "Adam behind clipping to each tensor's own mean norm, for loss spikes in language models; `clipByGlobalNorm` has a fixed limit",
    "adago": "scales Muon's orthogonal steps by one AdaGrad sum per matrix; `muon` takes any schedule of its rate",
    "adahessian": "needs a product with the Hessian in every step, twice a step's cost; `sophia` takes the same estimate every few steps",
    "adai": "gives each element a momentum from its second moment and the mean over all, so that no parameter can be updated by itself",
    "adalite": "factored moments with a trust ratio, published as code without a paper; `adafactor` and `lamb` have the parts",
    "adalomo": "updates a parameter inside the backward pass to free its gradient; compiled steps have no such hook",
    "adamc": "makes decay in normalized layers follow the rate's square, which needs to know which layers precede a normalization",
    "adamg": "its rate needs a numerator function chosen for the problem; `prodigy` needs none",
    "adammini": "one second moment per attention head or output, so that it must know how a kernel is divided into heads",
    "adamod": "bounds Adam's rates by their own mean, against large first steps; `radam` and `untunedWarmup` are for these",
    "adamp": "projects updates of scale-invariant weights, found by a threshold on cosines in every step; `weightStandardized` makes them invariant",
    "adams": "stable weight decay divided by the root of the mean second moment of all parameters together; `adamW`'s decay is local",
    "adamuon": "a second moment over Muon's orthogonal steps; `soap` is the adaptive method of matrices here",
    "adamwsn": "one second moment per row or column, and moments in a subspace, to save memory of large models",
    "adanorm": "replaces a gradient by one of its mean norm before Adam, a fix for norms that fall; `clipAdaptively` bounds those that rise",
    "adapnm": "Adam with two alternating momenta, of which one counts negative; noise that `noise` adds explicitly",
    "adashift": "takes the second moment of a gradient ten steps old, which keeps ten copies of the gradient; `adopt` decorrelates with one step",
    "adasmooth": "derives its decay rates from an effective ratio of travelled distances; `adadelta`'s are settings or schedules",
    "adatam": "damps Adam by the cosine between gradient and momentum; `cautious` masks by their signs",
    "aggmo": "keeps several velocities with decays 0, 0.9, 0.99, …: `adEMAMix` mixes a fast and a slow one",
    "aida": "AdaBelief with gradient and momentum projected on each other twice a step, for vanishing ranges of rates; `adaBelief` is here",
    "alice": "keeps moments in a subspace that it tracks by an eigendecomposition, to save memory of large models",
    "alig": "takes its rate from the loss over the gradient's square, for models that reach a loss of 0, which noise, dropout and augmentation prevent",
    "amos": "decays towards scales that must be known for each parameter from the model's architecture",
    "ano": "the momentum's signs with the gradient's magnitudes, for reinforcement learning; `cautious` masks where their signs differ",
    "apollo": "scales updates by norms in a random low-rank space, to save memory of large models",
    "apollodqn": "a diagonal quasi-Newton matrix from differences of stochastic gradients; `lbfgs` is for full batches, `sophia` for mini-batches",
    "asgd": "estimates local smoothness from differences of gradients between steps, which noise of mini-batches inflates",
    "avagrad": "divides by the second moment before the step, as `adopt` does, and normalizes by a mean over all parameters",
    "bcos": "step sizes of blocks by a stochastic approximation, in three forms whose authors choose per task",
    "came": "factors the second moment and the instability of updates, for language models; `adafactor` factors the first of them",
    "cocob": "bets coins instead of taking a rate, and remembers all gradients' sums; `prodigy` estimates one rate for Adam",
    "conda": "Adam in the basis of the momentum's singular vectors, a decomposition per matrix; `soap` takes the bases of Shampoo",
    "dadaptadagrad": "D-Adaptation of dense AdaGrad, whose sums never forget; `dAdaptAdam` is the form that its paper trains networks with",
    "dadaptadan": "D-Adaptation of Adan, added by its package without an experiment in the paper; `prodigy` came after it",
    "dadaptlion": "D-Adaptation of Lion, experimental in its authors' package and not in the paper",
    "dash": "Shampoo with blocks of one size computed in a batch by a Newton-Denman-Beavers iteration, for many GPUs; `shampoo(root: iteration)`",
    "demo": "exchanges the largest cosine components of momenta between machines that don't share gradients; devices here do",
    "differentialprivacy": "clips each example's gradient and adds noise, which needs a gradient per example and an account of what is spent",
    "diffgrad": "multiplies Adam's step by a sigmoid of the gradient's change, without a theory of what it does; `adaBelief` measures that change",
    "dog": "divides the distance from the start by the root of summed gradients, and needs an average of the iterates; `prodigy` is its descendant",
    "dowg": "weights DoG's sums by distances, for full-batch theory; `prodigy` is for Adam",
    "dualadam": "a mixture of Adam with its inverse that decays over a number of steps; a rate's warmup bounds the same first steps",
    "eightbit": "keeps moments in 8 bits by block, to save memory of large models; bfloat16 with `parameterRounding: stochastic` halves parameters",
    "emofact": "a rate that rules of its code derive from means of the loss, over factored moments",
    "emolynx": "a rate that rules of its code derive from means of the loss, over signs",
    "emonavi": "a rate that rules of its code derive from means of the loss, over Adam's moments; `onPlateau` follows the loss",
    "exadam": "couples both moments' bias corrections and multiplies the rate by a logarithm of the step; a schedule can have such a rate",
    "fadam": "Adam as a natural gradient with two clippings; its experiments are language and speech models",
    "fira": "adds to a low-rank update what the projection lost, to save memory of large models",
    "flashadamw": "keeps moments in groups of 8-bit numbers and the rounding errors of weights, to save memory of large models",
    "focus": "signs attracted to a running mean of parameters, for pretraining of language models; `lookahead` attracts to slow parameters",
    "fromage": "scales each tensor's step by its own norm and divides by √(1 + η²); `lars` and `lamb` scale so, with momentum",
    "galore": "projects gradients on a few singular vectors, to save memory of large models",
    "grams": "the gradient's signs with the magnitudes of the momentum's step; `cautious` masks where their signs differ",
    "gravity": "a step bounded by the gradient's greatest element, with initial velocities drawn from a normal distribution",
    "grokfastadamw": "adds a slow mean of gradients to the gradient, for grokking on algorithmic data; `adEMAMix` adds such a mean to Adam",
    "kate": "AdaGrad without the root, invariant to the scale of linear models' inputs; data are standardized here",
    "kron": "PSGD: preconditioners that are learned by steps of their own; `shampoo` and `soap` compute theirs",
    "laprop": "Adam with the momentum of normalized gradients, the order that `adopt` and its `clips` take",
    "lomo": "updates a parameter inside the backward pass to free its gradient; compiled steps have no such hook",
    "lorarite": "preconditions the two factors of a low-rank adapter; models here have none",
    "madgrad": "dual averaging from the initial parameters with a cube root, for sparse problems and MRI reconstruction",
    "magma": "drops updates of whole blocks at random, damped by their alignment with the momentum; `cautious` masks by element",
    "mechanize": "tunes the rate of any optimizer by several coin bettors, which keeps the initial parameters and a second state",
    "momo": "takes its rate from a lower bound of the loss, which must be given or estimated",
    "momoadam": "Adam's rate from a lower bound of the loss, which must be given or estimated; `prodigy` looks at gradients only",
    "msvag": "damps the momentum's signs by an estimate of the gradient's relative variance, from a paper that takes Adam apart to explain it",
    "muonclip": "rescales query and key kernels by the greatest attention logit, which attention would have to report to the optimizer",
    "nero": "constrains each neuron's weights to mean 0 and norm 1; `constrained` and `weightStandardized` do so with any optimizer",
    "normuon": "divides the rows of Muon's orthogonal steps by their mean squares; `muon(scale: matchRMS)` scales whole matrices",
    "novograd": "one second moment per layer, from the first gradient on, for speech models; `lamb` and `lars` have layerwise norms",
    "optimisticadam": "anticipates the next gradient of a game between two networks, which isn't trained here",
    "optimisticgradientdescent": "anticipates the next gradient of a game between two networks, which isn't trained here",
    "padam": "Adam with a power between 0 and ½ in place of the root; SGD and Adam are its ends, `adaBound` moves from one to the other",
    "pid": "adds the change of the gradient, a control engineer's derivative; `nesterov(form: classical)` looks ahead by one",
    "pnm": "two alternating momenta, of which one counts negative; noise that `noise` adds explicitly",
    "polyaksgd": "takes its rate from the loss's least value, which is rarely known",
    "racs": "scales a gradient's rows and columns to equal norms, without moments, to save memory of large models",
    "ranger21": "eight published parts at once with a rate of their own: `adamW` with clipping, `centralize`, `lookahead` and schedules combines them here",
    "rose": "scales gradients by the range of their rows and columns, without moments; `sophia` and `adafactor` scale by what they remember",
    "rprop": "adapts steps by signs of full-batch gradients, which those of mini-batches don't keep; `lbfgs` is for full batches",
    "sara": "updates a mask of the smallest weights that it refines as it goes; `freeze` chooses by path",
    "scion": "steps to the corner of a norm ball chosen for each kind of layer; `muon` is its spectral case",
    "scionlight": "Scion with its momentum kept in the gradient's memory; compiled steps reuse memory themselves",
    "sgdp": "projects updates of scale-invariant weights, found by a threshold on cosines in every step; `weightStandardized` makes them invariant",
    "sgdsai": "scales each tensor's rate by its first gradient's signal-to-noise ratio, for transformers; `learningRateFactors` are chosen by path",
    "simplifiedademamix": "AdEMAMix with one momentum that weighs the present gradient; `adEMAMix` has both",
    "sm3": "one accumulator per row and column, to save memory of large models; `adafactor` factors so",
    "spam": "resets moments and clips single spikes, for language models; `clipByValue` and schedules bound them",
    "spectralsphere": "keeps each matrix's spectral norm by a search for a multiplier in every step; `spectrallyNormalized` divides by it in the layer",
    "splus": "Shampoo's eigenbases with signs in place of second moments; `soap` has Adam in them",
    "srmm": "minimizes means of surrogate functions, for problems that are convex in blocks",
    "stableadamw": "AdamW with Adafactor's clipping by each tensor's root mean square; `adafactor` clips so, and `adamW` clips norms by `preceded`",
    "stablespam": "resets moments and clips by means of greatest values, for training in 4 bits",
    "swats": "changes from Adam to SGD when a projected rate settles, at a moment of the whole model; `adaBound` moves to SGD gradually",
    "tam": "damps momentum by its cosine with the gradient; `cautious` masks by their signs",
    "tiger": "Lion with one decay rate, `lion(beta1: b, beta2: b)`, and a rate scaled by parameters' sizes for language models",
    "vsgd": "a variational model of gradient noise with priors to choose; `bsam` is the Bayesian method here",
}

# What optax exports besides optimizers that stands in the table.
OPTAX_TRANSFORMS = """adaptive_grad_clip add_decayed_weights add_noise centralize clip clip_by_global_norm ema lookahead
    keep_params_nonnegative apply_if_finite partition MultiSteps noisy_sgd""".split()
# And pytorch_optimizer, which lists optimizers only.
WRAPPERS = "SAM GSAM WSAM BSAM LookSAM FriendlySAM PCGrad Lookahead".split()


def plain(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def collect():
    """The names that the installed packages export, with their versions."""
    import inspect
    from importlib.metadata import version

    import keras
    import optax
    import optax.contrib
    import pytorch_optimizer
    import timm.optim

    def functions(module, places=()):
        """Those that make a transformation, and no parts of one."""
        parts = ("_", "scale", "split", "schedule_free_eval")
        return [n for n, f in vars(module).items() if callable(f) and n.islower() and not n.startswith(parts)
                and not inspect.ismodule(f) and (not places or n in places)]

    optimizers = functions(optax, places=vars(optax._src.alias)) + OPTAX_TRANSFORMS
    own = {c.__name__ for c in vars(pytorch_optimizer).values() if inspect.isclass(c)}
    return {
        "pytorch_optimizer": {"version": version("pytorch_optimizer"),
                              "names": pytorch_optimizer.get_supported_optimizers() + [n for n in WRAPPERS if n in own]},
        "optax": {"version": version("optax"), "names": sorted(set(optimizers + functions(optax.contrib)))},
        "timm": {"version": version("timm"), "names": timm.optim.list_optimizers()},
        "keras": {"version": version("keras"), "names": [
            n for n, c in vars(keras.optimizers).items()
            if inspect.isclass(c) and n not in ("Optimizer", "OptimizerMap")]},
    }


def row(package, name, exported):
    """The row that one of a package's names belongs to; timm says caution by a c before a name, corrected decay by one behind."""
    text = plain(name)
    if package == "timm":
        for pattern, replacement in TIMM:
            text = re.sub(pattern, replacement, text)
        if text[:1] == "c" and (text[1:] in exported or text[1:-1] in exported):
            return "cautious"
        if text not in ALIASES and text[-1:] == "c" and text[:-1] in exported and text != "adamc":
            text = text[:-1]
    return ALIASES.get(text, text)


def own_methods(text):
    """The names on the page of methods."""
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)


def table(names, methods):
    """The rows of the page; every one has a method or a reason.

    - names: what `collect` returns; methods: Tanren's names.
    """
    own = {plain(m): m for m in methods}
    rows = {}
    for package, exported in names.items():
        for name in exported["names"]:
            rows.setdefault(row(package, name, exported["names"]), {}).setdefault(package, []).append(name)
    for name, method in own.items():
        if name not in rows and not any(re.search(rf"\b{method}\b", OURS.get(r, "")) for r in rows):
            rows[name] = {}
    lines, missing = [], []
    for name in sorted(rows):
        ours = OURS.get(name) or own.get(name)
        if not ours and name not in REASONS:
            missing.append(f"{name} ({', '.join(n for p in rows[name].values() for n in p)})")
        cells = ["`" + "`, `".join(sorted(set(rows[name].get(p, [])))) + "`" if p in rows[name] else "" for p in PACKAGES]
        lines.append((name, ours, REASONS.get(name, ""), cells))
    if missing:
        raise SystemExit("neither a method nor a reason: " + "; ".join(missing))
    return lines


def page(names, methods):
    lines = table(names, methods)
    both = [r for r in lines if r[1]]
    missing = [r for r in lines if not r[1]]
    versions = ", ".join(f"{p} {names[p]['version']}" for p in PACKAGES)
    ours_only = sum(1 for r in both if not any(r[3]))
    head = "| " + " | ".join(["Tanren"] + PACKAGES) + " |\n|" + "---|" * (len(PACKAGES) + 1)
    text = [
        "# Methods beside other libraries", "",
        f"The optimizers and gradient rules that {versions} export, by their own names, beside [Tanren's](methods.md).",
        "`Benchmarks/method_comparison.py` writes this page; it fails on a name that has neither a counterpart nor a reason.", "",
        f"Tanren has counterparts of {len(both) - ours_only} rows, lacks {len(missing)}, and has {ours_only} methods that none of the four exports.",
        "A counterpart has the method, not each setting: [methods](methods.md) says what is checked against whose code.", "",
        "## What Tanren has", "", head,
    ]
    for _, ours, _, cells in both:
        text.append("| " + " | ".join([ours] + cells) + " |")
    text += ["", "## What Tanren lacks", "", "| method | " + " | ".join(PACKAGES) + " | why |", "|" + "---|" * (len(PACKAGES) + 2)]
    for name, _, reason, cells in missing:
        text.append("| " + " | ".join([name] + cells + [reason]) + " |")
    return "\n".join(text) + "\n"


def main():
    if sys.argv[1:] == ["names"]:
        NAMES.write_text(json.dumps(collect(), indent=1) + "\n")
    elif sys.argv[1:] == ["page"]:
        PAGE.write_text(page(json.loads(NAMES.read_text()), own_methods(METHODS.read_text())))
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
