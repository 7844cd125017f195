"""Writes layer_decay.json: how timm groups the parameters of its networks for learning rates that decay layer by layer.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/LayersTests/Fixtures/generate_layer_decay.py

A row is {"name", "model", "input", "depths"}: for each parameter the number of groups between it and the outputs, that is
the exponent of the decay that timm's `param_groups_layer_decay` gives it. "model" is Tanren's name for the network. Parameters
have torchvision's names where Tanren's paths follow those.
"""

import math
import re
import sys
from pathlib import Path

import timm
from timm.optim import param_groups_layer_decay

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import write_list  # noqa: E402

# timm's names of a vision transformer, and torchvision's.
transformer = [
    (r"^cls_token$", "class_token"), (r"^pos_embed$", "encoder.pos_embedding"), (r"^patch_embed\.proj", "conv_proj"),
    (r"^norm\.", "encoder.ln."), (r"^head\.", "heads.head."), (r"^blocks\.(\d+)", r"encoder.layers.encoder_layer_\1"),
    (r"\.norm(\d)\.", r".ln_\1."), (r"\.attn\.qkv\.", ".self_attention.in_proj_"),
    (r"\.attn\.proj\.", ".self_attention.out_proj."), (r"\.mlp\.fc1", ".mlp.0"), (r"\.mlp\.fc2", ".mlp.3")]
rows = []


def add(name, model, size, renaming=(), **settings):
    net = timm.create_model(name, num_classes=10, **settings)
    names = {id(p): n for n, p in net.named_parameters()}
    depths = {}
    for group in param_groups_layer_decay(net, layer_decay=0.5):
        for parameter in group["params"]:
            own = names[id(parameter)]
            for pattern, new in renaming:
                own = re.sub(pattern, new, own)
            depths[own] = round(-math.log2(group["lr_scale"]))
    rows.append({"name": name, "model": model, "input": [1, size, size, 3], "depths": depths})


add("vit_tiny_patch16_224", "vit(patch: 16, width: 192, depth: 3, heads: 3)", 32, transformer, img_size=32, depth=3)
add("resnet18", "resNet(depth: 18)", 32)
add("resnet50", "resNet(depth: 50)", 32)
add("resnetv2_18", "preActResNet(depth: 18)", 32)
add("mixer_s16_224", "mlpMixer(width: 512, depth: 8)", 32, img_size=32)
write_list(__file__, "layer_decay.json", rows)
