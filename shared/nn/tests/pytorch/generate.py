#!/usr/bin/env python3
"""Writes cases.safetensors: what PyTorch computes, for pytorch/main.rs to compare with.

Each case is a call with its inputs, outputs, and the gradients of sum(output * cos(index)) with respect to the
inputs, all in double precision. The calls stand as JSON in the file's metadata; the tensors are named
"<case>/in0", "<case>/out0", "<case>/grad0". Layers and optimizers carry their parameters by name.

    pip install torch numpy safetensors
    python generate.py
"""

import itertools
import json
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)

CASES, TENSORS = [], {}


def randn(*shape):
    return torch.randn(*shape)


def positive(*shape):
    return torch.rand(*shape) * 2 + 0.2


def keep(name, tensor):
    TENSORS[name] = tensor.detach().clone().contiguous()


def cotangent(y):
    return torch.cos(torch.arange(y.numel()).to(y.dtype)).reshape(y.shape)


def case(op, inputs, function, grad=True, **settings):
    """One call: what it is named in main.rs, its inputs, and what it is in PyTorch."""
    name = f"{len(CASES):03}"
    inputs = [x.detach().clone().requires_grad_(grad) for x in inputs]
    outputs = function(*inputs)
    outputs = list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
    for i, x in enumerate(inputs):
        keep(f"{name}/in{i}", x)
    for i, y in enumerate(outputs):
        keep(f"{name}/out{i}", y)
    if grad:
        loss = sum((y * cotangent(y)).sum() for y in outputs)
        for i, g in enumerate(torch.autograd.grad(loss, inputs, allow_unused=True)):
            keep(f"{name}/grad{i}", torch.zeros_like(inputs[i]) if g is None else g)
    CASES.append({"name": name, "op": op, "inputs": len(inputs), "outputs": len(outputs), "grad": grad, **settings})


def elementwise():
    for shape in [(3, 4), (2, 1, 5)]:
        for op in "neg abs exp expm1 square sin cos tanh sigmoid relu erf".split():
            case(op, [randn(*shape)], getattr(torch, op))
        for op in "log log1p sqrt rsqrt".split():
            case(op, [positive(*shape)], getattr(torch, op))
        for op in "sign floor ceil round".split():
            case(op, [randn(*shape) * 3], getattr(torch, op), grad=False)
        case("recip", [positive(*shape)], torch.reciprocal)
        case("softplus", [randn(*shape) * 5], F.softplus)
        case("log_sigmoid", [randn(*shape) * 5], F.logsigmoid)
        case("silu", [randn(*shape)], F.silu)
        case("gelu", [randn(*shape)], F.gelu)
        case("gelu_tanh", [randn(*shape)], lambda x: F.gelu(x, approximate="tanh"))
        for slope in (0.01, 0.3):
            case("leaky_relu", [randn(*shape)], lambda x: F.leaky_relu(x, slope), slope=slope)
        for alpha in (1.0, 0.5):
            case("elu", [randn(*shape)], lambda x: F.elu(x, alpha), slope=alpha)
        case("clamp", [randn(*shape)], lambda x: x.clamp(-0.5, 0.7), low=-0.5, high=0.7)
        for p in (2.0, 3.0, 0.5, -1.5):
            case("pow", [positive(*shape)], lambda x: x.pow(p), exponent=p)
    for a, b in [((3, 4), (3, 4)), ((3, 4), (4,)), ((2, 1, 3), (4, 1))]:
        case("add", [randn(*a), randn(*b)], torch.add)
        case("sub", [randn(*a), randn(*b)], torch.sub)
        case("mul", [randn(*a), randn(*b)], torch.mul)
        case("div", [randn(*a), positive(*b)], torch.div)
        case("pow_tensor", [positive(*a), randn(*b)], torch.pow)
        case("maximum", [randn(*a), randn(*b)], torch.maximum)
        case("minimum", [randn(*a), randn(*b)], torch.minimum)
        case("where", [randn(*a), randn(*b)], lambda x, y: torch.where(x > 0, x, y))
    ties = torch.tensor([1.0, 2.0, 3.0])
    case("maximum", [ties, ties.flip(0)], torch.maximum)


def reductions():
    for shape, dims in [((2, 3, 4), [0]), ((2, 3, 4), [1, 2]), ((5, 2), [0, 1]), ((2, 3, 2, 2), [0, 2, 3])]:
        case("sum", [randn(*shape)], lambda x: x.sum(dims), dims=dims)
        case("mean", [randn(*shape)], lambda x: x.mean(dims), dims=dims)
        case("max", [randn(*shape)], lambda x: x.amax(dims), dims=dims)
        case("min", [randn(*shape)], lambda x: x.amin(dims), dims=dims)
        case("logsumexp", [randn(*shape)], lambda x: x.logsumexp(dims), dims=dims)
        for correction in (0, 1):
            case("var", [randn(*shape)], lambda x: x.var(dims, correction=correction), dims=dims, correction=correction)
        case("std", [randn(*shape)], lambda x: x.std(dims), dims=dims, correction=1)
    case("max", [torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])], lambda x: x.amax([1]), dims=[1])
    for dim in (0, 1, -1):
        case("softmax", [randn(3, 4, 2)], lambda x: x.softmax(dim), dim=dim)
        case("log_softmax", [randn(3, 4, 2) * 10], lambda x: x.log_softmax(dim), dim=dim)
        case("cumsum", [randn(3, 4, 2)], lambda x: x.cumsum(dim), dim=dim)
        case("sort", [randn(3, 4, 2)], lambda x: x.sort(dim)[0], dim=dim)


def linear_algebra():
    shapes = [((3, 4), (4, 2)), ((2, 3, 4), (4, 2)), ((2, 3, 4), (2, 4, 2)), ((2, 1, 3, 4), (5, 4, 2)), ((4,), (4, 2)), ((3, 4), (4,)), ((4,), (4,))]
    for a, b in shapes:
        case("matmul", [randn(*a), randn(*b)], torch.matmul)


def structure():
    index = [2, 0, 2]
    case("index_select", [randn(2, 3, 2)], lambda x: x.index_select(1, torch.tensor(index)), dim=1, index=index)
    case("gather", [randn(2, 4)], lambda x: x.gather(1, torch.tensor([[3, 0], [1, 1]])), dim=1, index=[3, 0, 1, 1], shape=[2, 2])
    case("scatter_add", [randn(2, 4), randn(2, 2)], lambda x, y: x.scatter_add(1, torch.tensor([[3, 0], [1, 1]]), y), dim=1, index=[3, 0, 1, 1])
    case("index_add", [randn(3, 2), randn(2, 2)], lambda x, y: x.index_add(0, torch.tensor([2, 2]), y), dim=0, index=[2, 2])
    for dim in (0, 1):
        case("cat", [randn(2, 3), randn(2, 3)], lambda x, y: torch.cat([x, y], dim), dim=dim)
        case("stack", [randn(2, 3), randn(2, 3)], lambda x, y: torch.stack([x, y], dim), dim=dim)
        case("flip", [randn(2, 3)], lambda x: x.flip([dim]), dim=dim)
        case("roll", [randn(3, 4)], lambda x: x.roll(2, dim), dim=dim, shift=2)
        case("topk", [randn(3, 4)], lambda x: x.topk(2, dim)[0], dim=dim, k=2)
    for k in (-1, 0, 1):
        case("tril", [randn(3, 4)], lambda x: x.tril(k), k=k)
        case("triu", [randn(3, 4)], lambda x: x.triu(k), k=k)
    case("pad", [randn(2, 3)], lambda x: F.pad(x, (2, 1, 0, 1), value=0.5), padding=[[0, 1], [2, 1]], value=0.5)
    case("pad_reflect", [randn(1, 3, 4)], lambda x: F.pad(x, (2, 1), mode="reflect"), padding=[[0, 0], [0, 0], [2, 1]])
    case("pad_replicate", [randn(1, 3, 4)], lambda x: F.pad(x, (2, 1), mode="replicate"), padding=[[0, 0], [0, 0], [2, 1]])


def convolutions():
    conv = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
    transposed = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
    sizes = {1: (9,), 2: (6, 5), 3: (3, 4, 3)}
    kernels = {1: (3,), 2: (3, 2), 3: (2, 3, 2)}
    for d in (1, 2, 3):
        for stride, padding, dilation, groups in [(1, 0, 1, 1), (2, 1, 1, 1), (1, 1, 2, 1), (1, 0, 1, 2), (2, 2, 1, 2), (1, "same", 1, 1), (1, "same", 2, 1), (3, "valid", 1, 1)]:
            if d == 3 and dilation == 2 and padding != "same":
                continue
            x, w, b = randn(2, 2, *sizes[d]), randn(4, 2 // groups, *kernels[d]), randn(4)
            case(f"conv{d}d", [x, w, b], lambda x, w, b: conv[d](x, w, b, stride, padding, dilation, groups), stride=stride, padding=padding, dilation=dilation, groups=groups)
        for stride, padding, output_padding, groups, dilation in [(1, 0, 0, 1, 1), (2, 1, 1, 1, 1), (3, 0, 2, 1, 1), (1, 1, 0, 2, 1), (2, 1, 1, 1, 2)]:
            x, w = randn(2, 2, *[n // 2 + 2 for n in sizes[d]]), randn(2, 4 // groups, *kernels[d])
            case(f"conv_transpose{d}d", [x, w], lambda x, w: transposed[d](x, w, None, stride, padding, output_padding, groups, dilation), stride=stride, padding=padding, dilation=dilation, groups=groups, output_padding=output_padding)
    for stride, padding, dilation in itertools.product((1, 2), (0, 1), (1, 2)):
        case("unfold", [randn(2, 2, 5, 6)], lambda x: F.unfold(x, (2, 3), dilation, padding, stride), kernel=[2, 3], stride=stride, padding=padding, dilation=dilation)
        columns = F.unfold(randn(2, 2, 5, 6), (2, 3), dilation, padding, stride).shape[2]
        case("fold", [randn(2, 12, columns)], lambda x: F.fold(x, (5, 6), (2, 3), dilation, padding, stride), kernel=[2, 3], stride=stride, padding=padding, dilation=dilation, size=[5, 6])


def pooling():
    size = {1: (9,), 2: (6, 7), 3: (4, 5, 4)}
    for d in (1, 2, 3):
        maximum, average = getattr(F, f"max_pool{d}d"), getattr(F, f"avg_pool{d}d")
        for kernel, stride, padding in [(2, 2, 0), (3, 1, 1), (3, 2, 1), (2, 3, 0)]:
            x = randn(2, 2, *size[d])
            case(f"max_pool{d}d", [x], lambda x: maximum(x, kernel, stride, padding), kernel=kernel, stride=stride, padding=padding, dilation=1, ceil=False, include=True)
            case(f"avg_pool{d}d", [x], lambda x: average(x, kernel, stride, padding), kernel=kernel, stride=stride, padding=padding, ceil=False, include=True)
        case(f"max_pool{d}d", [randn(1, 2, *size[d])], lambda x: maximum(x, 2, 3, 0, ceil_mode=True), kernel=2, stride=3, padding=0, dilation=1, ceil=True, include=True)
        case(f"avg_pool{d}d", [randn(1, 2, *size[d])], lambda x: average(x, 3, 2, 1, ceil_mode=True), kernel=3, stride=2, padding=1, ceil=True, include=True)
        case(f"avg_pool{d}d", [randn(1, 2, *size[d])], lambda x: average(x, 3, 2, 1, count_include_pad=False), kernel=3, stride=2, padding=1, ceil=False, include=False)
        case(f"adaptive_avg_pool{d}d", [randn(1, 2, *size[d])], lambda x: getattr(F, f"adaptive_avg_pool{d}d")(x, 3), size=3)
        case(f"adaptive_max_pool{d}d", [randn(1, 2, *size[d])], lambda x: getattr(F, f"adaptive_max_pool{d}d")(x, 3), size=3)
    case("max_pool2d", [randn(1, 1, 7, 7)], lambda x: F.max_pool2d(x, 2, 2, 0, 2), kernel=2, stride=2, padding=0, dilation=2, ceil=False, include=True)
    ties = torch.tensor([[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 0.0, 2.0]]).reshape(1, 1, 2, 4)
    case("max_pool2d", [ties], lambda x: F.max_pool2d(x, 2), kernel=2, stride=2, padding=0, dilation=1, ceil=False, include=True)


def losses():
    labels = [0, 2, 1, 2]
    target = torch.tensor(labels)
    case("cross_entropy", [randn(4, 3) * 3], lambda x: F.cross_entropy(x, target), labels=labels)
    case("cross_entropy_sum", [randn(4, 3) * 3], lambda x: F.cross_entropy(x, target, reduction="sum"), labels=labels)
    case("cross_entropy_none", [randn(4, 3) * 3], lambda x: F.cross_entropy(x, target, reduction="none"), labels=labels)
    case("cross_entropy_smooth", [randn(4, 3) * 3], lambda x: F.cross_entropy(x, target, label_smoothing=0.1), labels=labels, smoothing=0.1)
    case("nll_loss", [F.log_softmax(randn(4, 3), 1)], lambda x: F.nll_loss(x, target), labels=labels)
    for shape in [(3, 4), (5,)]:
        case("mse_loss", [randn(*shape), randn(*shape)], F.mse_loss)
        case("mse_loss_sum", [randn(*shape), randn(*shape)], lambda x, y: F.mse_loss(x, y, reduction="sum"))
        case("l1_loss", [randn(*shape), randn(*shape)], F.l1_loss)
        case("smooth_l1_loss", [randn(*shape) * 2, randn(*shape)], lambda x, y: F.smooth_l1_loss(x, y, beta=0.7), beta=0.7)
        case("huber_loss", [randn(*shape) * 2, randn(*shape)], lambda x, y: F.huber_loss(x, y, delta=0.7), delta=0.7)
        case("binary_cross_entropy", [torch.rand(*shape) * 0.9 + 0.05, torch.rand(*shape)], F.binary_cross_entropy)
        case("binary_cross_entropy_with_logits", [randn(*shape) * 20, torch.rand(*shape)], F.binary_cross_entropy_with_logits)
        case("kl_div", [F.log_softmax(randn(*shape), -1), F.softmax(randn(*shape), -1)], lambda x, y: F.kl_div(x, y, reduction="sum"))


def layer(op, module, x, steps=1, eval_after=False, **settings):
    """A layer with its state before, output, gradients of parameters and input, and its state after."""
    name = f"{len(CASES):03}"
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.randn_like(p))
    for key, value in module.state_dict().items():
        keep(f"{name}/state/{key}", value.to(torch.float64))
    for _ in range(steps - 1):
        module(x)
    if eval_after:
        module.eval()
    inputs = x.detach().clone().requires_grad_(x.is_floating_point())
    y = module(inputs)
    (y * cotangent(y)).sum().backward()
    keep(f"{name}/in0", inputs.to(torch.float64))
    keep(f"{name}/out0", y)
    if inputs.grad is not None:
        keep(f"{name}/grad0", inputs.grad)
    for key, p in module.named_parameters():
        keep(f"{name}/grads/{key}", p.grad)
    for key, value in module.state_dict().items():
        keep(f"{name}/after/{key}", value.to(torch.float64))
    CASES.append({"name": name, "op": op, "inputs": 1, "outputs": 1, "layer": True, "grad": inputs.grad is not None, "steps": steps, "eval": eval_after, **settings})


def layers():
    layer("Linear", nn.Linear(4, 3), randn(5, 4), inputs_=4, outputs_=3, bias=True)
    layer("Linear", nn.Linear(4, 3, bias=False), randn(2, 5, 4), inputs_=4, outputs_=3, bias=False)
    layer("Conv1d", nn.Conv1d(2, 3, 3, padding="same"), randn(2, 2, 6))
    layer("Conv2d", nn.Conv2d(2, 4, 3, stride=2, padding=1, groups=2), randn(2, 2, 6, 5))
    layer("Conv3d", nn.Conv3d(2, 3, 2), randn(1, 2, 3, 3, 3))
    layer("ConvTranspose2d", nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1), randn(2, 3, 3, 4))
    for steps, eval_after in [(1, False), (4, False), (4, True)]:
        layer("BatchNorm1d", nn.BatchNorm1d(3), randn(5, 3) * 2 + 1, steps, eval_after)
        layer("BatchNorm1d", nn.BatchNorm1d(3), randn(5, 3, 4) * 2 + 1, steps, eval_after)
        layer("BatchNorm2d", nn.BatchNorm2d(3), randn(2, 3, 4, 2) * 2 + 1, steps, eval_after)
        layer("BatchNorm3d", nn.BatchNorm3d(2), randn(2, 2, 2, 2, 2) * 2 + 1, steps, eval_after)
    layer("LayerNorm", nn.LayerNorm(4), randn(3, 2, 4) * 2 + 1, shape=[4])
    layer("LayerNorm", nn.LayerNorm([2, 4]), randn(3, 2, 4) * 2 + 1, shape=[2, 4])
    layer("Embedding", nn.Embedding(5, 3), torch.tensor([[0, 4], [4, 1]]))
    for name, module in [("ReLU", nn.ReLU()), ("Tanh", nn.Tanh()), ("Sigmoid", nn.Sigmoid()), ("GELU", nn.GELU()), ("SiLU", nn.SiLU()), ("Softplus", nn.Softplus()), ("LeakyReLU", nn.LeakyReLU(0.1)), ("ELU", nn.ELU(0.7)), ("Softmax", nn.Softmax(-1)), ("LogSoftmax", nn.LogSoftmax(-1)), ("Flatten", nn.Flatten())]:
        layer(name, module, randn(2, 3, 4))
    layer("Sequential", nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2)), randn(3, 4))


def optimizers():
    """Ten steps on given gradients, from a given start; the parameters after every step."""
    settings = {
        "Sgd": (torch.optim.SGD, [dict(lr=0.1), dict(lr=0.1, momentum=0.9), dict(lr=0.1, momentum=0.9, nesterov=True), dict(lr=0.1, weight_decay=0.05), dict(lr=0.05, momentum=0.8, weight_decay=0.1, nesterov=True)]),
        "Adam": (torch.optim.Adam, [dict(lr=0.1), dict(lr=0.01, betas=(0.8, 0.9), eps=1e-6), dict(lr=0.05, weight_decay=0.1)]),
        "AdamW": (torch.optim.AdamW, [dict(lr=0.1), dict(lr=0.01, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.2), dict(lr=0.05, weight_decay=0.0)]),
    }
    for op, (optimizer, variants) in settings.items():
        for variant in variants:
            name = f"{len(CASES):03}"
            p = nn.Parameter(randn(2, 3))
            gradients = randn(10, 2, 3)
            keep(f"{name}/in0", p)
            keep(f"{name}/in1", gradients)
            o = optimizer([p], **variant)
            path = []
            for g in gradients:
                p.grad = g.clone()
                o.step()
                path.append(p.detach().clone())
            keep(f"{name}/out0", torch.stack(path))
            CASES.append({"name": name, "op": op, "inputs": 2, "outputs": 1, "optimizer": True, "grad": False, "settings": variant})


for group in (elementwise, reductions, linear_algebra, structure, convolutions, pooling, losses, layers, optimizers):
    group()
path = pathlib.Path(__file__).parent / "cases.safetensors"
save_file(TENSORS, path, metadata={"cases": json.dumps(CASES), "torch": torch.__version__})
print(f"{len(CASES)} cases, {path.stat().st_size:,} bytes")
