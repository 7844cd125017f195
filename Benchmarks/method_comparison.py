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
    "hutchinson": "curvature", "noisysgd": "preceded by noise, sgd",
}

# Why there is none.
REASONS = {
    "saves memory where models hardly fit, as large language models, which aren't trained here; adafactor does too": """
        adalomo adammini alice apollo came conda demo fira flashadamw galore lomo lorarite racs sara sm3 adalite eightbit""",
    "follows Muon or Shampoo, for transformers; muon, shampoo and soap are here": """
        adago adamuon kron muonclip normuon scion scionlight spectralsphere splus dash""",
    "estimates a learning rate another way; prodigy, dAdaptAdam and dAdaptSGD are here": """
        adamg dadaptadagrad dadaptadan dadaptlion cocob dog dowg mechanize""",
    "takes its rate from the loss's least value, which is rarely known": "alig polyaksgd momo momoadam",
    "an adaptive method that no recipe and no paper reproduced here uses": """
        adagc adamc adamod adamp adams adamwsn adanorm adapnm adashift adasmooth adatam aida amos ano apollodqn avagrad bcos diffgrad
        dualadam exadam fadam focus kate laprop msvag novograd padam qhadam simplifiedademamix srmm tiger yogi acprop stableadamw spam
        stablespam a2grad grokfastadamw grams emofact emolynx emonavi optimisticadam ranger21 magma rose""",
    "a kind of momentum or step that no recipe and no paper reproduced here uses": """
        accsgd adai aggmo fromage gravity madgrad nero pid pnm qhm sgdp sgdsai swats asgd optimisticgradientdescent tam vsgd normalize""",
    "needs a product with the Hessian in each step; sophia clips the same estimate, every few steps": "adahessian",
    "takes the signs of gradients, for full batches; lbfgs is here": "rprop",
    "trains with differential privacy, which isn't an aim here": "differentialprivacy",
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


def reasons():
    return {name: reason for reason, names in REASONS.items() for name in names.split()}


def table(names, methods):
    """The rows of the page; every one has a method or a reason.

    - names: what `collect` returns; methods: Tanren's names.
    """
    own = {plain(m): m for m in methods}
    why = reasons()
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
        if not ours and name not in why:
            missing.append(f"{name} ({', '.join(n for p in rows[name].values() for n in p)})")
        cells = ["`" + "`, `".join(sorted(set(rows[name].get(p, [])))) + "`" if p in rows[name] else "" for p in PACKAGES]
        lines.append((name, ours, why.get(name, ""), cells))
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
