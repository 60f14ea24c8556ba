"""PyTorch's side of `cargo xtask bench`: the workloads that ../src has in Rust, and the protocol of ../peer.

Everything is PyTorch as one writes it without looking for speed: no torch.compile, no channels_last, the default
optimizers. OMP_NUM_THREADS says how many threads it has.
"""

import math
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.residual = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs))
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return F.relu(self.residual(x) + self.shortcut(x))


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
        inputs = 16
        for outputs in (16, 32, 64):
            for _ in range(3):
                layers.append(Block(inputs, outputs, 1 if inputs == outputs else 2))
                inputs = outputs
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))


def double_conv(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(),
        nn.Conv2d(outputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU())


class Level(nn.Module):
    """One level of the U-Net: what comes from below is enlarged and joined with what went down on this level."""

    def __init__(self, inputs, channels, below):
        super().__init__()
        self.down = double_conv(inputs, channels)
        self.below = below
        self.up = nn.ConvTranspose2d(2 * channels, channels, 2, stride=2)
        self.join = double_conv(2 * channels, channels)

    def forward(self, x):
        across = self.down(x)
        below = self.below(F.max_pool2d(across, 2))
        return self.join(torch.cat([self.up(below), across], 1))


class CharLSTM(nn.Module):
    def __init__(self, symbols=96, features=32, hidden=128):
        super().__init__()
        self.embedding = nn.Embedding(symbols, features)
        self.lstm = nn.LSTM(features, hidden, batch_first=True)
        self.head = nn.Linear(hidden, symbols)

    def forward(self, x):
        return self.head(self.lstm(self.embedding(x))[0])


class TransformerBlock(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.qkv, self.out = nn.LayerNorm(features), nn.Linear(features, 3 * features), nn.Linear(features, features)
        self.norm2, self.up, self.down = nn.LayerNorm(features), nn.Linear(features, 4 * features), nn.Linear(4 * features, features)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (z.view(B, T, self.heads, C // self.heads).transpose(1, 2) for z in self.qkv(self.norm1(x)).chunk(3, 2))
        z = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(z.transpose(1, 2).reshape(B, T, C))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, symbols=96, features=128, layers=4, heads=4, context=64):
        super().__init__()
        self.symbol, self.position = nn.Embedding(symbols, features), nn.Embedding(context, features)
        self.blocks = nn.Sequential(*[TransformerBlock(features, heads) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm(features), nn.Linear(features, symbols, bias=False)

    def forward(self, x):
        h = self.symbol(x) + self.position(torch.arange(x.shape[1]))
        return self.head(self.norm(self.blocks(h)))


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 400), nn.ReLU())
        self.mean, self.log_variance = nn.Linear(400, 20), nn.Linear(400, 20)
        self.decoder = nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784))

    def loss(self, x):
        h = self.encoder(x)
        mu, log_var = self.mean(h), self.log_variance(h)
        z = mu + torch.exp(0.5 * log_var) * torch.randn_like(mu)
        reconstruction = F.binary_cross_entropy_with_logits(self.decoder(z), x, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_var - mu.square() - log_var.exp())
        return (reconstruction + kl) / x.shape[0]


class Couplings(nn.ModuleList):
    def __init__(self):
        super().__init__(
            nn.Sequential(nn.Linear(1, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2)) for _ in range(8))

    def loss(self, x):
        log_det = torch.zeros(x.shape[0])
        for i, subnet in enumerate(self):
            first, second = x[:, :1], x[:, 1:]
            a, b = (first, second) if i % 2 == 0 else (second, first)
            s, t = subnet(a).chunk(2, 1)
            s = torch.tanh(s)
            b = b * torch.exp(s) + t
            log_det = log_det + s.sum(1)
            x = torch.cat([a, b], 1) if i % 2 == 0 else torch.cat([b, a], 1)
        return (0.5 * x.square().sum(1) + math.log(2 * math.pi) - log_det).mean()


class FlowMatching(nn.Module):
    def __init__(self):
        super().__init__()
        self.velocity = nn.Sequential(
            nn.Linear(3, 256), nn.SiLU(), nn.Linear(256, 256), nn.SiLU(), nn.Linear(256, 256), nn.SiLU(), nn.Linear(256, 2))

    def loss(self, x1):
        x0, t = torch.randn_like(x1), torch.rand(x1.shape[0], 1)
        xt = (1 - t) * x0 + t * x1
        return F.mse_loss(self.velocity(torch.cat([xt, t], 1)), x1 - x0)


def mlp():
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def unet():
    levels = Level(1, 16, Level(16, 32, Level(32, 64, double_conv(64, 128))))
    return nn.Sequential(levels, nn.Conv2d(16, 2, 1))


def adam(parameters):
    return torch.optim.Adam(parameters, 1e-3)


def adamw(parameters):
    return torch.optim.AdamW(parameters, 1e-3)


def sgd(parameters):
    return torch.optim.SGD(parameters, 0.1, momentum=0.9, weight_decay=1e-4)


def training(model, optimizer, loss):
    """The number of parameters, and one step of training."""
    optimizer = optimizer(model.parameters())

    def step():
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    return sum(p.numel() for p in model.parameters()), step


def supervised(model, optimizer, x, labels):
    def loss():
        logits = model(x)
        # A text has a row of logits for each symbol.
        return F.cross_entropy(logits.flatten(0, 1) if logits.dim() == 3 else logits, labels)

    return training(model, optimizer, loss)


def generative(model, optimizer, x):
    return training(model, optimizer, lambda: model.loss(x))


def gemm(m, k, n):
    a, b = torch.randn(m, k), torch.randn(k, n)
    return 0, lambda: a @ b


def labels(classes, *shape):
    return torch.randint(classes, shape)


# The contract's batch size, and a workload of any.
WORKLOADS = {
    "gemm_64": (64, lambda n: gemm(64, 64, 64)),
    "gemm_256": (256, lambda n: gemm(256, 256, 256)),
    "gemm_1024": (1024, lambda n: gemm(1024, 1024, 1024)),
    "gemm_128x784x256": (128, lambda n: gemm(n, 784, 256)),
    "mlp_b128": (128, lambda n: supervised(mlp(), adam, torch.randn(n, 784), labels(10, n))),
    "lenet_b64": (64, lambda n: supervised(lenet(), adam, torch.randn(n, 1, 28, 28), labels(10, n))),
    "resnet20_b32": (32, lambda n: supervised(ResNet20(), sgd, torch.randn(n, 3, 32, 32), labels(10, n))),
    "unet_b4_64px": (4, lambda n: supervised(unet(), adam, torch.randn(n, 1, 64, 64), labels(2, n, 64, 64))),
    "lstm_b32_t64": (32, lambda n: supervised(CharLSTM(), adam, labels(96, n, 64), labels(96, n * 64))),
    "gpt_b16_t64": (16, lambda n: supervised(GPT(), adamw, labels(96, n, 64), labels(96, n * 64))),
    "vae_b128": (128, lambda n: generative(VAE(), adam, torch.rand(n, 784))),
    "coupling_b256": (256, lambda n: generative(Couplings(), adam, torch.randn(n, 2))),
    "flowmatch_b256": (256, lambda n: generative(FlowMatching(), adam, torch.randn(n, 2))),
}

SIDE = 2048


def operation(name):
    """A single operation: the number of parameters, which is none, and what one step does; None if there is none."""
    x, y, row = torch.randn(SIDE, SIDE), torch.randn(SIDE, SIDE), torch.randn(SIDE)
    images, filters = torch.randn(32, 16, 32, 32), torch.randn(16, 16, 3, 3)
    if name == "conv2d_backward":
        inputs = images.requires_grad_(), filters.requires_grad_()
        z = F.conv2d(*inputs, padding=1)
        dz = torch.randn_like(z)
        return 0, lambda: torch.autograd.grad(z, inputs, dz, retain_graph=True)
    if name == "adam":
        x.requires_grad_().grad = y
        return 0, adam([x]).step
    if name == "layer_norm":
        weight, bias = torch.ones(SIDE), torch.zeros(SIDE)
        return 0, lambda: F.layer_norm(x, (SIDE,), weight, bias)
    planes = x.view(64, 16, 64, 64)
    rows = torch.arange(SIDE) * 7 % SIDE
    steps = {
        "matmul": lambda: x @ y,
        "matmul_transposed": lambda: x.t() @ y,
        "conv2d": lambda: F.conv2d(images, filters, padding=1),
        "copy_transposed": lambda: x.t().contiguous(),
        "add": lambda: x + y,
        "add_row": lambda: x + row,
        "relu": lambda: x.relu(),
        "exp": lambda: x.exp(),
        "tanh": lambda: x.tanh(),
        "gelu": lambda: F.gelu(x),
        "sum": lambda: x.sum(),
        "sum_columns": lambda: x.sum(0),
        "softmax": lambda: x.softmax(-1),
        "max_pool2d": lambda: F.max_pool2d(planes, 2),
        "index_select": lambda: x.index_select(0, rows),
    }
    return (0, steps[name]) if name in steps else None


GROUP = 2e-4  # seconds: faster steps are timed in groups
WARM_UP = 5


def prepare(name, batch=None):
    if name not in WORKLOADS:
        return operation(name)
    contract, make = WORKLOADS[name]
    return make(contract if batch is None else batch)


def timed(step, group):
    start = time.perf_counter()
    for _ in range(group):
        step()
    return (time.perf_counter() - start) / group


def answer(words, prepared):
    match words:
        case ["prepare", name, *batch] if len(batch) < 2:
            prepared.clear()
            torch.manual_seed(0)
            workload = prepare(name, *map(int, batch))
            if workload is None:
                return "missing no workload of this name"
            params, step = workload
            for _ in range(WARM_UP):
                step()
            prepared[:] = [step, int(GROUP / max(timed(step, 1), 1e-9)) + 1]
            return f"params {params}"
        case ["run", seconds] if prepared:
            end = time.perf_counter() + float(seconds)
            times = [timed(*prepared)]
            while time.perf_counter() < end:
                times.append(timed(*prepared))
            return "ms " + " ".join(f"{1e3 * t:.6f}" for t in times)
        case _:
            return "error this is not `prepare NAME [BATCH]`, and then `run SECONDS`"


def main():
    print(f"peer pytorch {torch.__version__}", flush=True)
    prepared = []
    for line in sys.stdin:
        print(answer(line.split(), prepared), flush=True)


if __name__ == "__main__":
    main()
