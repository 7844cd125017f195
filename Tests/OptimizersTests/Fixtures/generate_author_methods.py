"""Writes author_optimizers.json and author_rules.json: what methods do by their authors' code, and by libraries that have them.

In the environment of generate_recent_optimizers.py, with a folder of the authors' repositories, each below its name:

    for r in sail-sg/Adan@2c65bea AGI-Arena/MARS@4831e28 nikhilvyas/SOAP@a1e5535 kyleliang919/C-Optim@2c0517c \\
             apple/ml-ademamix@c3d73c0 iShohei220/adopt@6468572 facebookresearch/optimizers@f606606 Liuhong99/Sophia@a7e1572 \\
             davda54/sam@3c3afdb SamsungLabs/ASAM@f156a68 nblt/F-SAM@2e2f989 juntang-zhuang/GSAM@a770275 \\
             MarlonBecker/MSAM@780fa4f team-approx-bayes/bayesian-sam@936eec1 dydjw9/Efficient_SAM@1e06840; do
      git clone https://github.com/${r%@*} $FOLDER/${r%@*} && git -C $FOLDER/${r%@*} checkout ${r#*@}
    done
    python3 Tests/OptimizersTests/Fixtures/generate_author_methods.py $FOLDER

author_optimizers.json: {"cases"} on the problems of optimizers.json, in its format. author_rules.json: {"examples", "cases"} on the
problem of gradient_rules.json, in its format; "examples" says by what the two parts of the loss are multiplied for each example.
"surgery" has two groups of them, "esam" selects two of four. Sources: "authors" are those repositories, "pytorch_optimizer" and "timm" the packages. All
compute in double precision, also where the code asks for single: what is left of that are the constants, hence
tolerances above 1e-12 in the tests.

What differs from the authors' code, and isn't here: adan-pytorch's Adan makes its first step without moments; pytorch_optimizer's MARS adds
epsilon before the bias correction (1e-8), its ADOPT decays at the first step too, and its BSAM is another method (the noise's
variance squared, the precision from the second gradient's square, decay as a factor of the gradient, parameters left where
they were perturbed). C-Lion and pytorch_optimizer divide a cautious mask by (count + 1) / size, C-AdamW and timm by the
mean, at least 0.001. C-AdamW itself runs on devices with "capturable" only: its other branch masks by m * m.
"""

import importlib.util
import json
import sys
import types
from pathlib import Path

import jax
import numpy as np
import pytorch_optimizer
import timm.optim.adamw
import timm.optim.lamb
import timm.optim.lion
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import line, scalars  # noqa: E402

torch.set_default_dtype(torch.float64)
jax.config.update("jax_enable_x64", True)
folder, authors = Path(__file__).parent, Path(sys.argv[1])


def numbers(tree):
    return {k: np.array(v["values"]).reshape(v["shape"]) for k, v in tree.items()}


def module(path, name):
    """A module of the authors' repositories."""
    spec = importlib.util.spec_from_file_location(name, authors / path)
    loaded = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def rows(steps):
    return [{k: scalars(v) for k, v in step.items()} for step in steps]


def values(p):
    return {k: v.detach().numpy().copy() for k, v in p.items()}


def write(name, cases, **more):
    names = [c["name"] for c in cases]
    assert len(names) == len(set(names)), "names used twice"
    path = folder / name
    head = "".join(f'"{k}":{line(v)},\n' for k, v in more.items())
    path.write_text("{" + head + '"cases":[\n' + ",\n".join(map(line, cases)) + "\n]}\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


# Optimizers

problems = json.loads((folder / "optimizers.json").read_text())["problems"]
cases = []


def case(name, source, make, problem="plain", before=lambda optimizer, step: None):
    p = {k: torch.nn.Parameter(torch.tensor(v)) for k, v in numbers(problems[problem]["parameters"]).items()}
    optimizer, steps = make(list(p.values())), []
    for step, gradients in enumerate(map(numbers, problems[problem]["gradients"])):
        for k, g in gradients.items():
            p[k].grad = torch.tensor(g)
        before(optimizer, step)
        optimizer.step()
        steps.append(values(p))
    cases.append({"name": name, "source": source, "problem": problem, "steps": rows(steps)})


def moments():
    adan = module("sail-sg/Adan/adan.py", "authors_adan").Adan
    theirs = pytorch_optimizer.Adan
    for name, decay, prox in (("adan", 0, True), ("adan-proximal", 0.1, True), ("adan-decay", 0.1, False)):
        case(name, "authors", lambda p: adan(p, lr=0.01, weight_decay=decay, no_prox=not prox, foreach=False))
        case(name + "-library", "pytorch_optimizer", lambda p: theirs(p, lr=0.01, weight_decay=decay, weight_decouple=not prox))
    ademamix = module("apple/ml-ademamix/pytorch/ademamix.py", "authors_ademamix").AdEMAMix
    case("adEMAMix", "authors", lambda p: ademamix(p, lr=0.01, weight_decay=0.1, alpha=2.0))
    case("adEMAMix-warmup", "authors", lambda p: ademamix(p, lr=0.01, betas=(0.9, 0.999, 0.999), alpha=5.0, beta3_warmup=6, alpha_warmup=6))
    adopt = module("iShohei220/adopt/src/adopt/adopt.py", "authors_adopt").ADOPT
    case("adopt", "authors", lambda p: adopt(p, lr=0.01))
    case("adopt-decay", "authors",
         lambda p: adopt(p, lr=0.01, betas=(0.8, 0.9), weight_decay=0.1, decouple=True, clip_lambda=None))
    mars = module("AGI-Arena/MARS/MARS/optimizers/mars.py", "authors_mars").MARS
    for where in problems:
        suffix = "" if where == "plain" else "-" + where
        case("mars" + suffix, "authors", lambda p: mars(p, lr=0.01, weight_decay=0.1, optimize_1d=True), where)
    case("mars-matrices", "authors", lambda p: mars(p, lr=0.01, lr_1d=0.005))
    case("mars-library", "pytorch_optimizer", lambda p: pytorch_optimizer.MARS(p, lr=0.01, weight_decay=0.1, optimize_1d=True))


def cautious():
    case("cautious-adam", "timm", lambda p: timm.optim.adamw.AdamWLegacy(p, lr=0.01, weight_decay=0, caution=True))
    case("cautious-lion", "timm",
         lambda p: timm.optim.lion.Lion(p, lr=0.01, betas=(0.9, 0.99), weight_decay=0.1, caution=True, foreach=False))
    lion = module("kyleliang919/C-Optim/c_lion.py", "authors_lion").Lion
    case("cautious-lion-counted", "authors", lambda p: lion(p, lr=0.01, betas=(0.9, 0.99), weight_decay=0.1))
    case("cautious-lion-library", "pytorch_optimizer",
         lambda p: pytorch_optimizer.Lion(p, lr=0.01, betas=(0.9, 0.99), weight_decay=0.1, cautious=True))
    case("lamb-timm", "timm", lambda p: timm.optim.lamb.Lamb(p, lr=0.01, weight_decay=0.01, max_grad_norm=None, trust_clip=True))


def soap():
    authors_soap, theirs = module("nikhilvyas/SOAP/soap.py", "authors_soap").SOAP, pytorch_optimizer.SOAP
    often = {"lr": 0.01, "betas": (0.9, 0.99), "shampoo_beta": 0.8, "precondition_frequency": 3, "weight_decay": 0}
    single = torch.Tensor.float
    # It decomposes in single precision.
    torch.Tensor.float = torch.Tensor.double
    case("soap", "authors", lambda p: authors_soap(p, lr=0.01))
    case("soap-often", "authors", lambda p: authors_soap(p, **often))
    case("soap-vectors", "authors", lambda p: authors_soap(p, **often, precondition_1d=True))
    torch.Tensor.float = single
    # So does this; an error of 1e-8 remains.
    case("soap-library", "pytorch_optimizer", lambda p: theirs(p, lr=0.01))
    case("soap-often-library", "pytorch_optimizer", lambda p: theirs(p, **often))


def shampoo():
    case("shampoo-original", "pytorch_optimizer", lambda p: pytorch_optimizer.Shampoo(p, lr=0.01, matrix_eps=1e-3))
    sys.path.insert(0, str(authors / "facebookresearch/optimizers"))
    import distributed_shampoo as d

    # Axes aren't merged; matrices are in double precision.
    form = {"distributed_config": d.SingleDeviceDistributedConfig(target_parameter_dimensionality=2),
            "preconditioner_config": d.RootInvShampooPreconditionerConfig(
                factor_matrix_dtype=torch.float64, inv_factor_matrix_dtype=torch.float64)}

    def distributed(name, beta2=0.9, graft=None):
        case(name, "authors", lambda p: d.DistributedShampoo(p, lr=0.01, betas=(0.9, beta2), epsilon=1e-3, grafting_config=graft, **form))

    distributed("shampoo-distributed")
    distributed("shampoo-distributed-sums", 1.0)
    distributed("shampoo-distributed-sgd", graft=d.SGDPreconditionerConfig())
    distributed("shampoo-distributed-adagrad", graft=d.AdaGradPreconditionerConfig(epsilon=1e-10))
    distributed("shampoo-distributed-rmsprop", graft=d.RMSpropPreconditionerConfig(beta2=0.9, epsilon=1e-8))
    distributed("shampoo-distributed-adam", graft=d.AdamPreconditionerConfig(beta2=0.9, epsilon=1e-8))


def sophia():
    """Every third step, from the first on, the curvature is the square of that step's own gradient, of 128 examples."""
    theirs = module("Liuhong99/Sophia/sophia.py", "authors_sophia").SophiaG

    class Sophia(theirs):
        def step(self):
            super().step(bs=128)

    def before(optimizer, step):
        if step % 3 == 0:
            optimizer.update_hessian()

    for name, settings in (("sophia", {}), ("sophia-decay", {"betas": (0.9, 0.8), "rho": 2.0, "weight_decay": 0.2})):
        case(name, "authors", lambda p: Sophia(p, lr=0.01, **settings), before=before)


# Gradient rules

rules = json.loads((folder / "gradient_rules.json").read_text())
start, curvatures, centers = numbers(rules["parameters"]), numbers(rules["curvatures"]), list(map(numbers, rules["centers"]))
ruled, RATE = [], 0.05
examples = {"quadratic": [0.25, 0.5, 1.25, 2.0], "quartic": [1.75, 1.25, 0.75, 0.25]}


class Model(torch.nn.Module):
    """Parameters with the names of PyTorch's layers."""

    def __init__(self):
        super().__init__()
        self.p = {k: torch.nn.Parameter(torch.tensor(v)) for k, v in start.items()}
        self.weight, self.bias = self.p["dense/kernel"], self.p["dense/bias"]
        self.center = None

    def losses(self):
        """Those of the examples, whose mean is the loss."""
        p = self.p
        quadratic = sum((torch.tensor(curvatures[k]) * (p[k] - torch.tensor(self.center[k])) ** 2 / 2).sum() for k in p)
        quartic = sum((p[k] ** 4 / 12).sum() for k in p)
        return torch.tensor(examples["quadratic"]) * quadratic + torch.tensor(examples["quartic"]) * quartic

    def loss(self):
        return self.losses().mean()

    def pass_(self):
        self.zero_grad()
        loss = self.loss()
        loss.backward()
        return loss


def rule(name, source, make, step, settle=None):
    """`settle(optimizer)` and its opposite stand around what is looked at."""
    model, steps = Model(), []
    optimizer = make(model)
    for center in centers:
        model.center = center
        step(optimizer, model)
        if settle:
            settle[0](optimizer)
        steps.append(values(model.p))
        if settle:
            settle[1](optimizer)
    ruled.append({"name": name, "source": source, "steps": rows(steps)})


def clean_first(optimizer, model):
    model.pass_()
    optimizer.step(model.pass_)


def closed(optimizer, model):
    optimizer.step(model.pass_)


def paired(optimizer, model):
    optimizer.step(torch.enable_grad()(lambda: (None, model.pass_())))


class Rho:
    def step(self):
        return 0.1


def sharpness():
    o, sgd = pytorch_optimizer, torch.optim.SGD
    for source, sam in (("authors", module("davda54/sam/sam.py", "authors_sam").SAM), ("pytorch_optimizer", o.SAM)):
        rule("sam-" + source, source, lambda m: sam(m.parameters(), sgd, rho=0.1, lr=RATE), clean_first)
        rule("sam-adaptive-" + source, source, lambda m: sam(m.parameters(), sgd, rho=0.5, adaptive=True, lr=RATE), clean_first)
    asam = module("SamsungLabs/ASAM/asam.py", "authors_asam").ASAM

    def two_steps(optimizer, model):
        model.pass_()
        optimizer.ascent_step()
        model.pass_()
        optimizer.descent_step()

    rule("asam-authors", "authors", lambda m: asam(sgd(m.parameters(), lr=RATE), m), two_steps)
    text = (authors / "nblt/F-SAM/utils.py").read_text()
    # The module imports what only its own training has.
    space = {"torch": torch}
    exec(text[text.index("class FriendlySAM"):], space)
    for source, friendly in (("authors", space["FriendlySAM"]), ("pytorch_optimizer", o.FriendlySAM)):
        rule("friendlySAM-" + source, source, lambda m: friendly(m.parameters(), sgd, rho=0.1, lr=RATE), clean_first)
    rule("friendlySAM-adaptive-authors", "authors",
         lambda m: space["FriendlySAM"](m.parameters(), sgd, rho=0.2, sigma=0.7, lmbda=0.6, adaptive=True, lr=RATE), clean_first)
    for name, decouples in (("wsam-coupled", False), ("wsam-decoupled", True)):
        rule(name, "pytorch_optimizer",
             lambda m: o.WSAM(m, m.parameters(), sgd, rho=0.2, gamma=0.3, decouple=decouples, lr=RATE), closed)
    package = sys.modules["authors_gsam"] = types.ModuleType("authors_gsam")
    package.__path__ = [str(authors / "juntang-zhuang/GSAM/gsam")]
    gsam = module("juntang-zhuang/GSAM/gsam/gsam.py", "authors_gsam.gsam").GSAM
    rule("gsam-authors", "authors", lambda m: gsam(m.parameters(), sgd(m.parameters(), lr=RATE), m, 0.4, Rho()), paired)
    rule("gsam-library", "pytorch_optimizer", lambda m: o.GSAM(m.parameters(), sgd(m.parameters(), lr=RATE), m, Rho(), alpha=0.4), paired)


def momentum_sam():
    msam = module("MarlonBecker/MSAM/optimizer/msam.py", "authors_msam").MSAM

    def step(optimizer, model):
        model.pass_()
        optimizer.step()

    rule("msam-authors", "authors", lambda m: msam(list(m.parameters()), lr=RATE, momentum=0.9, weight_decay=0, rho=0.3), step,
         (lambda o: o.move_back_from_momentumAscent(), lambda o: o.move_up_to_momentumAscent()))


def look_sam():
    """The paper's method as MSAM's authors compare with it; pytorch_optimizer's takes norms of each tensor by itself."""
    args = types.ModuleType("utility.args")
    args.Args = types.SimpleNamespace(add_argument=lambda *_, **__: None)
    loss = types.ModuleType("utility.loss")
    loss.smooth_crossentropy = lambda predictions, _: predictions
    sys.modules.update({"utility": types.ModuleType("utility"), "utility.args": args, "utility.loss": loss})
    look = module("MarlonBecker/MSAM/optimizer/looksam.py", "others_looksam").LookSAM

    class Looked:
        module = types.SimpleNamespace(setBatchNormTracking=lambda _: None)

        def __init__(self, model):
            self.model = model

        def __call__(self, _):
            return self.model.loss()

    rule("lookSAM-others", "others",
         lambda m: look(list(m.parameters()), lr=RATE, momentum=0, weight_decay=0, rho=0.1, alpha=0.7, k=3),
         lambda optimizer, model: (model.zero_grad(), optimizer.step(Looked(model), None, None)))


def efficient_sam():
    esam = module("dydjw9/Efficient_SAM/utils/Esam.py", "authors_esam").ESAM

    class Batch:
        """A network whose inputs are the examples' numbers, and whose outputs are their losses."""

        def __init__(self, model):
            self.model = model

        def __call__(self, numbers):
            return self.model.losses()[numbers]

    def step(optimizer, model):
        model.zero_grad()
        numbers = torch.arange(4)
        optimizer.paras = (numbers, numbers, lambda losses, _: losses, Batch(model), lambda loss: loss.backward())
        optimizer.step()

    rule("esam-authors", "authors",
         lambda m: esam(m.parameters(), torch.optim.SGD(m.parameters(), lr=RATE), rho=0.1, beta=1.0, gamma=0.75), step)


def surgery():
    """Two groups, for which the order doesn't matter."""
    o = pytorch_optimizer
    o.optimizer.pcgrad.random.shuffle = lambda _: None

    def step(count):
        def take(optimizer, model):
            losses = model.losses()
            optimizer.zero_grad()
            optimizer.pc_backward([part.mean() for part in losses.reshape(count, -1)])
            optimizer.step()
        return take

    rule("surgery-library", "pytorch_optimizer", lambda m: o.PCGrad(torch.optim.SGD(m.parameters(), lr=RATE)), step(2))


def bayesian_sam():
    """So many examples leave no noise."""
    jax.tree_map = jax.tree_util.tree_map
    sys.path.insert(0, str(authors / "team-approx-bayes/bayesian-sam"))
    build = module("team-approx-bayes/bayesian-sam/optim.py", "authors_bsam").build_bsam_optimizer
    jnp, c = jax.numpy, curvatures

    def passes(parameters, state, batch, is_training):
        def loss(w):
            return sum(jnp.sum(c[k] * (w[k] - batch[0][k]) ** 2 / 2 + w[k] ** 4 / 12) for k in w)
        value, gradient = jax.value_and_grad(loss)(parameters)
        return (value, state), gradient

    for name, settings in (("bsam-authors", (0.9, 0.999, 1e-4, 0.05, 1.0, 0.1)), ("bsam-settings-authors", (0.8, 0.9, 0.01, 0.1, 2.0, 0.2))):
        beta1, beta2, decay, rho, precision, damping = settings

        class Batch:
            """A tree of arrays that is split as one array would be."""

            def __init__(self, tree):
                self.tree, self.shape = tree, (1,)

            def reshape(self, *_):
                return {k: v[None] for k, v in self.tree.items()}

        init, step = build(passes, RATE, beta1, beta2, decay, rho, 1, 1e60, precision, damping)
        state, steps = init({k: jnp.asarray(v) for k, v in start.items()}, {"none": jnp.zeros(1)}, jax.random.PRNGKey(0)), []
        for center in centers:
            state, _ = step(state, (Batch({k: jnp.asarray(v) for k, v in center.items()}), jnp.zeros(1)), 1.0)
            steps.append({k: np.asarray(v) for k, v in state.optstate["w"].items()})
        ruled.append({"name": name, "source": "authors", "steps": rows(steps)})


for family in (moments, cautious, soap, shampoo, sophia, sharpness, momentum_sam, look_sam, efficient_sam, surgery, bayesian_sam):
    family()
write("author_optimizers.json", cases)
write("author_rules.json", ruled, examples=examples)
