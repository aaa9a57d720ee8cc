"""Training trajectories of networks with branches, from PyTorch in float64: python train.py, beside torch, numpy, safetensors.

Writes train/NAME.json and train/NAME.safetensors for each network below. Their limits follow from how far PyTorch's own float32 run drifts from
its float64 run, and from a float64 run whose first weights are off by a millionth.
"""

import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent
SAMPLES, STEPS, BATCH, SNAPSHOTS = 128, 100, 20, (10, 50, 100)
# Where ReLU may take the other branch, weights are comparable up to this step.
LAST_SENSITIVE = 50
# With higher rates a weight that is off by a rounding error leads PyTorch's own float64 runs apart, and no limit tells right from wrong;
# `trajectory` refuses such a run.
RATES = {"digits_resnet": {"momentum": 0.002, "adam": 0.002}, "digits_depthwise": {"momentum": 0.005, "adam": 0.001}}


def runs_of(network):
    """Name and configuration of each run of a network."""
    rates = RATES[network]
    return {
        "momentum": {"optimizer": {"kind": "sgd", "lr": rates["momentum"], "momentum": 0.9}},
        "adam": {"optimizer": {"kind": "adam", "lr": rates["adam"]}},
    }


def conv_norm(name, outputs, inputs, kernel):
    """The tensors of a convolution without a bias and the normalisation behind it."""
    return {f"{name}.w": (outputs, inputs, kernel, kernel), f"{name}.scale": (outputs,), f"{name}.shift": (outputs,)}


def apply_conv_norm(p, name, x, stride=1, groups=1):
    weight = p[f"{name}.w"]
    x = F.conv2d(x, weight, stride=stride, padding=(weight.shape[-1] - 1) // 2, groups=groups)
    return F.batch_norm(x, None, None, p[f"{name}.scale"], p[f"{name}.shift"], training=True)


def dense(outputs, inputs):
    return {"out.w": (outputs, inputs), "out.b": (outputs,)}


def resnet(p, x):
    x = F.relu(apply_conv_norm(p, "stem", x))
    inner = F.relu(apply_conv_norm(p, "a1", x))
    x = F.relu(x + apply_conv_norm(p, "a2", inner))
    inner = F.relu(apply_conv_norm(p, "b1", x, stride=2))
    x = F.relu(apply_conv_norm(p, "b2", inner) + apply_conv_norm(p, "projection", x, stride=2))
    return F.linear(x.mean((2, 3)), p["out.w"], p["out.b"])


def depthwise(p, x):
    x = F.relu(apply_conv_norm(p, "stem", x))
    x = F.relu(apply_conv_norm(p, "depth", x, groups=x.shape[1]))
    x = F.relu(apply_conv_norm(p, "point", x))
    return F.linear(F.max_pool2d(x, 2).mean((2, 3)), p["out.w"], p["out.b"])


NETWORKS = {
    "digits_resnet": (
        resnet,
        "conv:4x3:linear,norm:relu,residual:relu(conv:4x3:linear,norm:relu,conv:4x3:linear,norm:linear),"
        "parallel:add(conv:8x3:stride2:linear,norm:relu,conv:8x3:linear,norm:linear;conv:8x1:stride2:linear,norm:linear),act:relu,globalmean",
        conv_norm("stem", 4, 1, 3)
        | conv_norm("a1", 4, 4, 3)
        | conv_norm("a2", 4, 4, 3)
        | conv_norm("b1", 8, 4, 3)
        | conv_norm("b2", 8, 8, 3)
        | conv_norm("projection", 8, 4, 1)
        | dense(10, 8),
    ),
    "digits_depthwise": (
        depthwise,
        "conv:8x3:linear,norm:relu,conv:8x3:depthwise:linear,norm:relu,conv:12x1:linear,norm:relu,pool:2,globalmean",
        conv_norm("stem", 8, 1, 3) | conv_norm("depth", 8, 1, 3) | conv_norm("point", 12, 8, 1) | dense(10, 12),
    ),
}


def digits():
    """The first of the bundled digits, and the rows of each batch."""
    raw = (HERE.parent.parent / "www/data/digits.bin").read_bytes()
    count = int.from_bytes(raw[8:12], "little")
    pixels = np.frombuffer(raw, np.uint8, count * 64, 24).reshape(count, 64)[:SAMPLES]
    labels = np.frombuffer(raw, np.uint8, count, 24 + count * 64)[:SAMPLES]
    generator = np.random.Generator(np.random.PCG64(7))
    order = np.concatenate([generator.permutation(SAMPLES) for _ in range(math.ceil(STEPS * BATCH / SAMPLES))])[: STEPS * BATCH]
    return pixels.copy(), labels.astype(np.int32), order.astype(np.int32)


def first_params(shapes):
    generator = np.random.Generator(np.random.PCG64(11))

    def draw(name, shape):
        if name.endswith(".scale"):
            return np.ones(shape, np.float32)
        if name.endswith(".shift"):
            return np.zeros(shape, np.float32)
        fan_in = math.prod(shape[1:]) if len(shape) > 1 else shapes["out.w"][1]
        return generator.uniform(-1, 1, shape).astype(np.float32) / np.float32(math.sqrt(fan_in))

    return {name: draw(name, shape) for name, shape in shapes.items()}


def train(network, params, data, config, dtype):
    """The loss of each step before its update, and the weights after the steps of SNAPSHOTS."""
    pixels, labels, order = data
    leaves = {name: torch.from_numpy(value.copy()).to(dtype).requires_grad_(True) for name, value in params.items()}
    settings = {key: value for key, value in config["optimizer"].items() if key != "kind"}
    optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[config["optimizer"]["kind"]](leaves.values(), **settings)
    losses, weights = [], {}
    for step in range(STEPS):
        rows = order[step * BATCH : (step + 1) * BATCH]
        x = torch.from_numpy(pixels[rows]).to(dtype).reshape(-1, 1, 8, 8) / 16
        loss = F.cross_entropy(network(leaves, x), torch.from_numpy(labels[rows]).long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step + 1 in SNAPSHOTS:
            weights[step + 1] = {name: leaf.detach().numpy().astype(np.float64) for name, leaf in leaves.items()}
    return np.array(losses), weights, optimizer.defaults


def furthest(a, b):
    return max(float(np.abs(a[name] - b[name]).max()) for name in a)


def nudged(params, by, seed):
    """Weights that are off by a part of their size, up or down at random."""
    signs = np.random.Generator(np.random.PCG64(seed))
    return {key: value.astype(np.float64) * (1 + by * signs.choice([-1, 1], value.shape)) for key, value in params.items()}


def trajectory(network, params, data, name, config, tensors):
    """One entry of the manifest's runs; adds its tensors."""
    losses, weights, defaults = train(network, params, data, config, torch.float64)
    losses32, weights32, _ = train(network, params, data, config, torch.float32)
    nudged_losses, nudged_weights, _ = train(network, nudged(params, 1e-6, 13), data, config, torch.float64)
    for seed in range(6):
        rounded, _, _ = train(network, nudged(params, 1e-7, seed), data, config, torch.float64)
        assert np.abs(losses - rounded).max() < 1e-6, "the run depends on rounding errors: choose another rate"
    drift = np.maximum.accumulate(np.abs(losses - losses32))
    spread = np.maximum.accumulate(np.abs(losses - nudged_losses))
    tensors[f"run/{name}/loss64"] = losses
    is_kink_sensitive = bool(spread[-1] > 1e-3)
    cpu = {"loss_abs_up_to_step": {}, "weight_abs_at_step": {}}
    gpu = {"loss_abs_up_to_step": {}, "weight_abs_at_step": {}}
    for step in SNAPSHOTS:
        for key, value in weights[step].items() if step <= LAST_SENSITIVE or not is_kink_sensitive else ():
            tensors[f"run/{name}/w64@{step}/{key}"] = value.astype(np.float32)
        drifted, spread_out = furthest(weights[step], weights32[step]), furthest(weights[step], nudged_weights[step])
        cpu["loss_abs_up_to_step"][str(step)] = max(2e-6 * max(1, losses[0]), 10 * drift[step - 1])
        cpu["weight_abs_at_step"][str(step)] = max(2e-6, 10 * drifted)
        gpu["loss_abs_up_to_step"][str(step)] = max(2e-5 * max(1, losses[0]), 20 * drift[step - 1], 5 * spread[step - 1])
        gpu["weight_abs_at_step"][str(step)] = max(2e-5, 20 * drifted, 5 * spread_out)
    resolved = {key: list(value) if isinstance(value, tuple) else value for key, value in defaults.items()}
    return {
        "name": name,
        "config": config,
        "optimizer_resolved": {"kind": config["optimizer"]["kind"]} | resolved,
        "mean_last10": float(losses[-10:].mean()),
        "kink_sensitive": is_kink_sensitive,
        "tol": cpu,
        "tol_gpu": gpu,
    }


def main():
    torch.set_num_threads(1)
    data = digits()
    (HERE / "train").mkdir(exist_ok=True)
    for name, (network, model, shapes) in NETWORKS.items():
        params = first_params(shapes)
        tensors = {"data/x_u8": data[0], "data/y": data[1], "data/order": data[2]}
        tensors |= {f"init/{key}": value for key, value in params.items()}
        runs = [trajectory(network, params, data, run, config, tensors) for run, config in runs_of(name).items()]
        manifest = {
            "name": name,
            "torch": torch.__version__,
            "steps": STEPS,
            "snapshots": SNAPSHOTS,
            "model": {"batch": BATCH},
            "build": {"input": [8, 8, 1], "model": model, "head": "cross-entropy:10", "tensors": list(shapes)},
            "regularised": [key for key in shapes if key.endswith(".w")],
            "runs": runs,
        }
        save_file(tensors, HERE / "train" / f"{name}.safetensors")
        (HERE / "train" / f"{name}.json").write_text(json.dumps(manifest, indent=1) + "\n")
        print(name, [(run["name"], run["mean_last10"], run["kink_sensitive"]) for run in runs])


if __name__ == "__main__":
    main()
