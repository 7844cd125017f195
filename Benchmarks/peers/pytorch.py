"""PyTorch's worker. Variants: `eager`; `eager-1-thread`, often faster for so small a model and far steadier
on a busy machine; `compile` and `max-autotune`, with the loss under torch.compile. Convolutional networks: `channels-last`, `compile` and
`max-autotune`, with images and kernels in that order of memory, and the methods `sgd`, `sam`, `adam`, `lamb`, `shampoo`, `soap`, `muon`.
"""

import os
import time

import protocol

options = protocol.options()
if options.cache:
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = options.cache

import torch
from torch import nn
from torch.nn import functional

if options.variant == "eager-1-thread":
    torch.set_num_threads(1)


def classifier(sizes=protocol.LAYERS):
    layers = []
    for kernel, bias in protocol.initial_weights(sizes):
        linear = nn.Linear(*kernel.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(kernel.T.copy()))
            linear.bias.copy_(torch.from_numpy(bias))
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1]).to(options.device)


def on_device(images, labels):
    return torch.from_numpy(images).to(options.device), torch.from_numpy(labels).long().to(options.device)


# How torch.compile is asked for; max-autotune also measures kernels against each other.
COMPILED = {"compile": {}, "max-autotune": {"mode": "max-autotune-no-cudagraphs" if options.device == "cpu" else "max-autotune"}}


def compiled(function):
    return torch.compile(function, **COMPILED[options.variant]) if options.variant in COMPILED else function


def trainer(sizes=protocol.LAYERS):
    """The model, and a function that takes one step and returns the loss, left on the device."""
    model = classifier(sizes)
    optimizer = torch.optim.SGD(model.parameters(), lr=protocol.RATE, fused=True)

    def loss_of(x, y):
        return functional.cross_entropy(model(x), y)

    loss_of = compiled(loss_of)

    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(x, y)
        loss.backward()
        optimizer.step()
        return loss

    return model, step


def mlp_step(_):
    images, labels = on_device(*protocol.dataset(options)[0])
    batches = list(zip(images.split(protocol.BATCH), labels.split(protocol.BATCH)))
    _, step = trainer()

    def work():
        for x, y in batches:
            loss = step(x, y)
        return len(batches), {"loss": loss.item()}

    return work


def mlp_curve(options):
    x, y = on_device(*protocol.first_batch(options.batch))
    _, step = trainer(protocol.curve_layers(options))

    def work():
        for _ in range(options.steps):
            loss = step(x, y)
        return options.steps, {"loss": loss.item()}

    return work


def wide_compile(options):
    import torch_networks

    start = time.perf_counter()
    torch.manual_seed(10)
    model = torch_networks.wide(options.depth).to(options.device, memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=protocol.NETWORK_RATE, fused=True)
    x, y = on_device(*protocol.first_images())
    loss = compiled(lambda x, y: functional.cross_entropy(model(x), y))(x.permute(0, 3, 1, 2), y)
    loss.backward()
    optimizer.step()
    return {"loss": loss.item(), "seconds": time.perf_counter() - start, "units": 1}


def mnist_epoch(_):
    (images, labels), (test_images, test_labels) = (on_device(*part) for part in protocol.dataset(options))
    model, step = trainer()

    def work():
        for indices in torch.randperm(len(images), device=options.device).split(protocol.BATCH):
            step(images[indices], labels[indices])
        with torch.inference_mode():
            logits = model(test_images)
            loss = functional.cross_entropy(logits, test_labels).item()
            accuracy = (logits.argmax(1) == test_labels).float().mean().item()
        return 1, {"loss": loss, "accuracy": accuracy}

    return work


def network_step(_):
    import torch_networks

    name, *_ = protocol.NETWORKS[options.workload]
    half = options.workload.endswith("-bf16")
    model = torch_networks.network(name).to(options.device, memory_format=torch.channels_last)
    pixels, labels = (torch.from_numpy(part).to(options.device) for part in protocol.images(options))
    batches = [(x.permute(0, 3, 1, 2), y.long()) for x, y in zip(pixels, labels)]
    made = {"adam": lambda p: torch.optim.Adam(p, fused=True), "lamb": torch_networks.LAMB}.get(
        options.variant, lambda p: torch.optim.SGD(p, lr=protocol.NETWORK_RATE, fused=True))
    if options.variant in ("shampoo", "soap", "muon"):
        made = torch_networks.matrix_optimizer(options.variant)
    optimizer = made(model.parameters())

    def loss_of(x, y):
        with torch.autocast(options.device, torch.bfloat16, enabled=half):
            logits = model(x)
        return functional.cross_entropy(logits.float(), y)

    loss_of = compiled(loss_of)

    def evaluate(x, y):
        loss = loss_of(x, y)
        loss.backward()
        return loss

    def plain(x, y):
        optimizer.zero_grad(set_to_none=True)
        loss = evaluate(x, y)
        optimizer.step()
        return loss

    rule = torch_networks.SAM(model.parameters(), optimizer) if options.variant == "sam" else None
    step = (lambda x, y: rule.step(lambda: evaluate(x, y))) if rule else plain

    def work():
        for x, y in batches:
            loss = step(x, y)
        return len(batches), {"loss": loss.item()}

    return work


def augmentation(name):
    """torchvision's transforms, image by image as a data set applies them, into a batch; mixing is of whole batches."""
    from torchvision.transforms import v2

    images, batches = torch.from_numpy(protocol.photos()).permute(0, 3, 1, 2).contiguous(), 4
    bilinear, scale = v2.InterpolationMode.BILINEAR, v2.ToDtype(torch.float32, scale=True)
    flip, crop = v2.RandomHorizontalFlip(), v2.RandomCrop(32, padding=4)
    erasing = v2.RandomErasing(0.5, scale=(0.05, 0.2), ratio=(0.2, 0.8))

    def affine(degrees=0, **ranges):
        return v2.RandomAffine(degrees, **ranges, interpolation=bilinear)

    shift = {"translate": (4 / 32, 4 / 32)}
    mixing = {"mixUp": v2.MixUp(num_classes=10), "cutMix": v2.CutMix(num_classes=10)}
    # With Tanren's defaults.
    steps = [scale] if name in mixing else {
        "basic": lambda: [crop, flip, scale],
        "strong": lambda: [affine(10, **shift, scale=(0.75, 1.25)), flip, v2.ColorJitter(brightness=0.2), scale, erasing],
        "rotation": lambda: [v2.RandomRotation(10, interpolation=bilinear), scale],
        "shift": lambda: [affine(**shift), scale], "shear": lambda: [affine(shear=10), scale],
        "zoom": lambda: [affine(scale=(0.75, 1.25)), scale], "horizontalFlip": lambda: [flip, scale], "padAndCrop": lambda: [crop, scale],
        "brightness": lambda: [v2.ColorJitter(brightness=0.5), scale],
        "colorJitter": lambda: [v2.ColorJitter(0.4, 0.4, 0.4, 0.1), scale], "randomErasing": lambda: [scale, erasing],
        "equalize": lambda: [v2.RandomEqualize(0.5), scale], "sharpness": lambda: [v2.RandomAdjustSharpness(1.5, 0.5), scale],
        "gaussianBlur": lambda: [v2.RandomApply([v2.GaussianBlur(3)], 0.5), scale], "randAugment": lambda: [v2.RandAugment(), scale],
        "trivialAugment": lambda: [v2.TrivialAugmentWide(), scale], "augMix": lambda: [v2.AugMix(), scale],
        "autoAugment": lambda: [v2.AutoAugment(v2.AutoAugmentPolicy.CIFAR10), scale],
    }[name]()
    transform, labels = v2.Compose(steps), torch.arange(len(images)) % 10

    def work():
        for _ in range(batches):
            if name in mixing:
                batch = mixing[name](transform(images), labels)[0]
            else:
                batch = torch.stack([transform(image) for image in images])
        return batches * len(images), {"loss": batch[0, 0, 0, 0].item()}

    return work


def reservoir(options):
    import torch_reservoirs

    return torch_reservoirs.workload(options)


def reservoir_curve(options):
    import torch_reservoirs

    return torch_reservoirs.curve(options)


def startup(_):
    _, step = trainer()
    return {"finished": True, "loss": step(*on_device(*protocol.first_batch())).item()}


def compile_step(_):
    _, step = trainer()
    x, y = on_device(*protocol.first_batch())
    return protocol.timed_once(lambda: step(x, y).item())


protocol.serve(options, f"PyTorch {torch.__version__}",
               {"mlp-step": mlp_step, "mlp-curve": mlp_curve, "esn-curve": reservoir_curve, "wrn-compile": wide_compile, "mnist-epoch": mnist_epoch, "startup": startup, "compile": compile_step,
                **dict.fromkeys(protocol.NETWORKS, network_step), **dict.fromkeys(protocol.RESERVOIRS[:3], reservoir),
                "augment-basic": lambda _: augmentation("basic"), "augment-strong": lambda _: augmentation("strong"),
                "augment-each": lambda options: augmentation(options.variant)},
               torch.get_num_threads())
