"""What is measured, and who takes part.

A contestant is (worker, variant, condition). Workers of a resident workload stay alive and do a round
each in turn; in the others every round is a fresh process. The condition says which cache of compiled
programs a fresh process finds: None (no cache asked for), "cold" (an empty folder) or "warm" (one that
an earlier, unmeasured process filled).
"""

from typing import NamedTuple, Optional

OURS = "tanren"


class Contestant(NamedTuple):
    worker: str
    variant: str
    condition: Optional[str] = None
    build: Optional[str] = None  # the name of another build of Tanren, which takes part beside this one

    @property
    def label(self):
        words = [{"tanren": "Tanren", "pytorch": "PyTorch", "jax": "JAX", "keras": "Keras",
                  "mlx_worker": "MLX", "tinygrad_worker": "tinygrad",
                  "esn_library": "reservoirpy", "torch_pictures": "torchvision", "esn_numpy": "NumPy"}[self.worker], self.variant]
        return " ".join(words + ([f"({self.condition} cache)"] if self.condition else [])
                        + ([f"of {self.build}"] if self.build else []))


class Workload(NamedTuple):
    name: str
    title: str
    unit: str
    scale: float  # of the unit in seconds
    rounds: int
    kind: str  # "resident", "process" (a fresh one, timed whole) or "inside" (a fresh one, which times itself)
    contestants: list
    half: bool = False  # computes in bfloat16
    compared: tuple = ()  # pairs of contestants whose quotient is shown besides
    asked: bool = False  # measured only where it is named: an accelerator's work

    def beside(self, build):
        """The same with every one of ours measured in another build too, directly after it, and the quotients of the two."""
        twins = [(c, c._replace(build=build)) for c in self.contestants if c.worker == OURS]
        everyone = [each for c in self.contestants for each in ((c, c._replace(build=build)) if c.worker == OURS else (c,))]
        return self._replace(contestants=everyone, compared=self.compared + tuple(twins))


NETWORKS = [("cnn-step", "two convolutions and a dense layer", 100, 9), ("nine-step", "nine convolutions with batch normalization", 128, 5),
            ("wrn-step", "WRN-16-4", 64, 5), ("vit-step", "ViT, patches of 4, width 64, 4 layers, 4 heads", 128, 5)]


def networks():
    for name, title, batch, rounds in NETWORKS:
        for half in [False, True]:
            own = [Contestant(OURS, "step"), Contestant(OURS, "step-xla")] if name == "cnn-step" and not half else []
            yield Workload(
                name + ("-bf16" if half else ""), f"One training step, {title}, 32x32x3, batch {batch}, SGD, {'bf16' if half else 'f32'}",
                "ms", 1e-3, rounds, "resident", [Contestant(OURS, "fit")] + own + [
                    Contestant("pytorch", "channels-last"), Contestant("pytorch", "compile"), Contestant("pytorch", "max-autotune"),
                    Contestant("jax", "step"), Contestant("keras", "fit"), Contestant("keras", "fit-jax")]
                + ([Contestant("mlx_worker", "eager")] if name == "cnn-step" and not half else []), half)


def methods(name, title, one, other):
    pairs = [(Contestant(worker, other), Contestant(worker, one)) for worker in [OURS, "pytorch"]]
    return Workload(name, f"{title}, two convolutions and a dense layer, 32x32x3, batch 100, f32", "ms", 1e-3, 9, "resident",
                    [c for pair in pairs for c in reversed(pair)], False, tuple(pairs))


def matrices():
    """Optimizers of matrices, each beside Adam and beside PyTorch's code of it."""
    names = ["shampoo", "soap", "muon"]
    ours, theirs = ({name: Contestant(worker, name) for name in ["adam", *names]} for worker in [OURS, "pytorch"])
    pairs = [(each[name], each["adam"]) for each in [ours, theirs] for name in names]
    return Workload("matrix-step", "A step of Shampoo, SOAP and Muon beside one of Adam, MLP 192-512-512-10 on pooled images, batch 100, f32",
                    "ms", 1e-3, 7, "resident", [each[name] for name in ["adam", *names] for each in [ours, theirs]], False,
                    tuple(pairs + [(theirs[name], ours[name]) for name in names]))


# What Keras' generator and torchvision have of our augmentations.
AUGMENTATIONS = {"rotation": "kp", "shift": "kp", "shear": "kp", "zoom": "kp", "horizontalFlip": "kp", "channelShift": "k",
                 "brightness": "kp", "padAndCrop": "p", "colorJitter": "p", "randomErasing": "p", "cutout": "", "mixUp": "p", "cutMix": "p",
                 "gridMask": "", "equalize": "p", "sharpness": "p", "gaussianBlur": "p", "randAugment": "p", "trivialAugment": "p",
                 "autoAugment": "p", "augMix": "p"}


def augmentations():
    contestants, pairs = [], []
    for name, peers in AUGMENTATIONS.items():
        own = Contestant(OURS, name)
        others = [Contestant({"k": "keras", "p": "pytorch"}[peer], name) for peer in peers]
        contestants += [own, *others]
        pairs += [(other, own) for other in others]
    return Workload("augment-each", "One augmentation of images of 32x32, batches of 128, scaled to 0...1", "us", 1e-6, 5, "resident",
                    contestants, False, tuple(pairs))


def devices(count):
    one, replicas, partitions = (Contestant(OURS, name) for name in ["step", "replicas", "partitions"])
    xla = [Contestant(OURS, name) for name in ["step-xla", "replicas-xla", "partitions-xla"]]
    return Workload(f"devices{count}-step", f"A step of the MLP, batch 100, on {count} devices of the CPU, by copies that exchange and by XLA's partitioner",
                    "ms", 1e-3, 9, "resident", [one, replicas, partitions, *xla], False,
                    ((replicas, one), (partitions, one), (partitions, replicas), (xla[1], xla[0]), (xla[2], xla[1])), True)


WORKLOADS = [
    Workload("mlp-step", "One training step, MLP 784-100-50-10, relu, batch 100, SGD, f32", "ms", 1e-3, 15, "resident", [
        Contestant(OURS, "step"), Contestant(OURS, "chunk"), Contestant("pytorch", "eager"),
        Contestant("pytorch", "eager-1-thread"), Contestant("pytorch", "compile"), Contestant("pytorch", "max-autotune"),
        Contestant("jax", "step"), Contestant("jax", "scan"), Contestant("keras", "fit"), Contestant("keras", "fit-jax"),
        Contestant("mlx_worker", "eager"), Contestant("mlx_worker", "compile"), Contestant("tinygrad_worker", "jit")]),
    Workload("mnist-epoch", "One epoch of the same model on 60,000 examples, shuffled, then evaluation on 10,000", "s", 1, 7, "resident", [
        Contestant(OURS, "fit"), Contestant("pytorch", "eager"), Contestant("pytorch", "eager-1-thread"),
        Contestant("jax", "scan"), Contestant("keras", "fit"), Contestant("keras", "fit-jax"),
        Contestant("mlx_worker", "compile")]),
    Workload("mlp-seeds", "The same epoch of ten seeds in one program, and of one", "s", 1, 5, "resident",
             [Contestant(OURS, "one"), Contestant(OURS, "ten")], False, ((Contestant(OURS, "ten"), Contestant(OURS, "one")),)),
    Workload("startup", "Program start-up: from the start of the process to the loss of the first step", "s", 1, 5, "process", [
        Contestant(OURS, "step", "cold"), Contestant(OURS, "step", "warm"), Contestant("pytorch", "eager"),
        Contestant("jax", "step", "cold"), Contestant("jax", "step", "warm"), Contestant("keras", "fit")]),
    Workload("compile", "Tracing and compiling the training step, in a fresh process with the library loaded", "ms", 1e-3, 5, "inside", [
        Contestant(OURS, "step", "cold"), Contestant(OURS, "step", "warm"), Contestant("jax", "step", "cold"),
        Contestant("jax", "step", "warm"), Contestant("pytorch", "compile", "cold"), Contestant("pytorch", "compile", "warm")]),
    *networks(),
    Workload("wrn28-step-bf16", "One training step, WRN-28-10, 32x32x3, batch 128, SGD, bf16", "ms", 1e-3, 5, "resident",
             [Contestant(OURS, "fit"), Contestant("pytorch", "channels-last"), Contestant("pytorch", "compile"),
              Contestant("pytorch", "max-autotune")], True, (), True),
    devices(2), devices(4),
    methods("sam-step", "A step of SAM over SGD beside one of SGD", "sgd", "sam"),
    methods("lamb-step", "A step of LAMB beside one of Adam", "adam", "lamb"),
    matrices(),
    Workload("esn-drive", "An echo state network driven through 5,000 steps, 1,000 units, 5 % of the weights, f64", "ms", 1e-3, 9, "resident", [
        Contestant(OURS, "step"), Contestant("esn_library", "run"), Contestant("esn_numpy", "loop"), Contestant("pytorch", "loop")]),
    Workload("esn-fit", "A ridge regression of 3,000 rows of 1,000 states and a bias, f64", "ms", 1e-3, 15, "resident", [
        Contestant(OURS, "step"), Contestant("esn_library", "ridge"), Contestant("esn_numpy", "solve"),
        Contestant("esn_numpy", "factor"), Contestant("pytorch", "solve")]),
    Workload("esn-generate", "5,000 steps of the same network on its own output", "ms", 1e-3, 9, "resident", [
        Contestant(OURS, "step"), Contestant("esn_library", "step"), Contestant("esn_numpy", "loop"), Contestant("pytorch", "loop")]),
    Workload("esn-ensemble", "20 such networks: 5,000 steps, a regression on 3,000 of them, 5,000 free steps", "s", 1, 3, "resident", [
        Contestant(OURS, "ensemble"), Contestant(OURS, "member"), Contestant("esn_library", "one-by-one"),
        Contestant("esn_library", "parallel"), Contestant(OURS, "grid"), Contestant(OURS, "ensemble-f32"),
        Contestant(OURS, "member-f32")], False,
        ((Contestant(OURS, "ensemble"), Contestant(OURS, "member")), (Contestant(OURS, "grid"), Contestant(OURS, "ensemble")),
         (Contestant(OURS, "ensemble-f32"), Contestant(OURS, "member-f32")))),
    Workload("augment-basic", "Augmented images of 32x32: shift or crop by 4 pixels and flip, batches of 128, scaled to 0...1", "us", 1e-6, 9, "resident", [
        Contestant(OURS, "step"), Contestant("keras", "generator"), Contestant("pytorch", "torchvision")]),
    Workload("augment-strong", "Augmented images of 32x32: the strong augmentation, batches of 128, scaled to 0...1", "us", 1e-6, 9, "resident", [
        Contestant(OURS, "step"), Contestant("keras", "generator"), Contestant("pytorch", "torchvision")]),
    augmentations(),
    Workload("pictures", "Pictures: JPEG of about 500x375 read, decoded and resized to 224x224 on all cores, batches of 64", "us", 1e-6, 9, "resident", [
        Contestant(OURS, "step"), Contestant("torch_pictures", "loader"), Contestant("torch_pictures", "loader-bytes")]),
    Workload("augment-step", "A training step of nine convolutions, batch 128, f32, with the strong augmentation and without", "ms", 1e-3, 5,
             "resident", [Contestant(OURS, "fit"), Contestant(OURS, "strong")], False, ((Contestant(OURS, "strong"), Contestant(OURS, "fit")),)),
]
