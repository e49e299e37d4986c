"""Which part of a photo a network sees, and in which order: the studio's own draws, number for number.

Every draw comes from a stream of its own, named by (seed, epoch, index), so neither ranks nor workers nor a restart can
change a run: a crop here is the crop that FixRes Studio takes. Pixels are Pillow's, as they are there.
"""
import math

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

MASK = 0xFFFFFFFF
FILTERS = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
SHUFFLE_STREAM, MIXING_STREAM, DROPOUT_STREAM = 0x5F, 0x3149, 0xD0


def hash128(words):
    """MurmurHash3_x86_128 with seed 0 over 32-bit words, a multiple of four of them (A. Appleby)."""
    multipliers = (0x239B961B, 0xAB0E9789, 0x38B34AE5, 0xA1E38B93)
    turns = ((15, 19), (16, 17), (17, 15), (18, 13))
    addends = (0x561CCD1B, 0x0BCAA747, 0x96CD1C35, 0x32AC3B17)
    rotated = lambda value, by: (value << by | value >> 32 - by) & MASK
    h = [0, 0, 0, 0]
    for at, word in enumerate(words):
        i, after = at % 4, (at + 1) % 4
        turn, turn_after = turns[i]
        h[i] ^= rotated((word & MASK) * multipliers[i] & MASK, turn) * multipliers[after] & MASK
        h[i] = ((rotated(h[i], turn_after) + h[after]) * 5 + addends[i]) & MASK

    def crossed():
        h[0] = sum(h) & MASK
        for i in (1, 2, 3):
            h[i] = (h[i] + h[0]) & MASK

    def avalanche(value):
        value = (value ^ value >> 16) * 0x85EBCA6B & MASK
        value = (value ^ value >> 13) * 0xC2B2AE35 & MASK
        return value ^ value >> 16

    h = [part ^ 4 * len(words) for part in h]
    crossed()
    h = [avalanche(part) for part in h]
    crossed()
    return h


def linear(columns, state):
    """A 128 x 128 matrix over the field of two elements, times a state of as many bits."""
    out = 0
    for column in columns:
        if state & 1:
            out ^= column
        state >>= 1
    return out


def leaps(steps):
    """The matrix that takes a stream so many words on: its step is linear, and so are powers of it."""
    power, result = [], [1 << bit for bit in range(128)]
    for bit in range(128):
        rng = Rng.__new__(Rng)
        rng.s0, rng.s1 = (1 << bit) & (1 << 64) - 1, (1 << bit) >> 64
        rng.bits()
        power.append(rng.s0 | rng.s1 << 64)
    while steps:
        if steps & 1:
            result = [linear(power, column) for column in result]
        power, steps = [linear(power, column) for column in power], steps >> 1
    return result


class Rng:
    """A stream that depends on the seed and every number of the path: xoroshiro128+ (Blackman and Vigna), low words."""

    def __init__(self, seed, *path):
        words = [len(path), seed, *path]
        a, b, c, d = hash128(words + [0] * (-len(words) % 4))
        self.s0, self.s1 = a << 32 | b, c << 32 | d

    def bits(self):
        s0, s1 = self.s0, self.s1
        x = s0 ^ s1
        self.s0 = (s0 << 24 & 0xFFFFFFFFFFFFFFFF | s0 >> 40) ^ x ^ x << 16 & 0xFFFFFFFFFFFFFFFF
        self.s1 = x << 37 & 0xFFFFFFFFFFFFFFFF | x >> 27
        return s0 + s1 & MASK

    def uniform(self):
        """In [0, 1), 53 bits."""
        return ((self.bits() >> 5) * 67108864 + (self.bits() >> 6)) / 9007199254740992

    def uniforms(self, count):
        """As many as one after the other, in a hundredth of the time: the stream is cut into lanes that advance together."""
        if count < 1000:
            return np.array([self.uniform() for _ in range(count)])
        words, lanes = 2 * count, 1024
        length = -(-words // lanes)
        leap, state, starts = leaps(length), self.s0 | self.s1 << 64, []
        for _ in range(lanes + 1):
            starts.append(state)
            state = linear(leap, state)
        s0, s1 = (np.array([start >> shift & (1 << 64) - 1 for start in starts], np.uint64) for shift in (0, 64))
        shifts = [np.uint64(shift) for shift in (24, 40, 16, 37, 27)]
        bits = np.empty((length, lanes + 1), np.uint32)
        for step in range(length):
            if step == words % length:
                self.s0, self.s1 = int(s0[words // length]), int(s1[words // length])
            bits[step] = (s0 + s1).astype(np.uint32)
            x = s0 ^ s1
            s0 = (s0 << shifts[0] | s0 >> shifts[1]) ^ x ^ x << shifts[2]
            s1 = x << shifts[3] | x >> shifts[4]
        pairs = bits.T.reshape(-1)[:words].reshape(-1, 2).astype(np.float64)
        return (np.floor(pairs[:, 0] / 32) * 67108864 + np.floor(pairs[:, 1] / 64)) / 9007199254740992

    def integer(self, low, high):
        """From low to high, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def normal(self):
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())


def permutation(rng, count):
    """Fisher-Yates over 0 … count - 1."""
    order = list(range(count))
    places = (rng.uniforms(count - 1) * np.arange(count, 1, -1)).astype(np.int64).tolist() if count > 1 else []
    for i, j in zip(range(count - 1, 0, -1), places):
        order[i], order[j] = order[j], order[i]
    return order


def epoch_order(labels, seed, epoch, balance):
    """Indices of an epoch's draws. Above len(labels), an index stands for another view of the photo index % len(labels)."""
    rng = Rng(seed, SHUFFLE_STREAM, epoch)
    if balance != "sampling":
        return permutation(rng, len(labels))
    members = {}
    for index, label in enumerate(labels):
        members.setdefault(int(label), []).append(index)
    turns = permutation(rng, len(members))
    draws = []
    for turn, photos in zip(turns, members.values()):
        order = permutation(rng, len(photos))
        for i in range((len(labels) + len(members) - 1 - turn) // len(members)):
            draws.append(photos[order[i % len(photos)]] + i // len(photos) * len(labels))
    return [draws[at] for at in permutation(rng, len(draws))]


def random_crop_box(rng, width, height, min_scale, whole=round):
    """torchvision's RandomResizedCrop: left, top, width, height. Boxes that stick out are drawn again, ten times; `whole`: then."""
    low, high = math.log(3 / 4), math.log(4 / 3)
    for _ in range(10):
        area = width * height * (min_scale + (1 - min_scale) * rng.uniform())
        ratio = math.exp(low + (high - low) * rng.uniform())
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < w <= width and 0 < h <= height:
            top = rng.integer(0, height - h)
            return rng.integer(0, width - w), top, w, h
    w = whole(height * (4 / 3)) if width / height > 4 / 3 else width
    h = whole(width / (3 / 4)) if width / height < 3 / 4 else height
    return (width - w) // 2, (height - h) // 2, w, h


def resized_size(resize, width, height, squish=False):
    """Resize(resize): the shorter side becomes that long, the other one is truncated. 0 changes nothing."""
    if resize == 0:
        return width, height
    if squish:
        return resize, resize
    return (resize, resize * height // width) if width <= height else (resize * width // height, resize)


def center(size, crop):
    """First pixel of CenterCrop along an axis; negative where black is padded."""
    return round((size - crop) / 2) if size >= crop else -((crop - size) // 2)


def shifted(rng, size, crop):
    """The same, moved to either side by as much as it can be (FixRes' transforms_v2.py)."""
    middle = center(size, crop)
    if middle <= 0:
        return middle
    shift = rng.integer(0, middle)
    return middle - shift if rng.uniform() < 0.5 else middle + shift


def jitter_of(rng, strength):
    """ColorJitter(strength, strength, strength): Pillow's enhancers in random order, factors in single precision."""
    kinds = (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color)
    order, least = permutation(rng, 3), max(0.0, 1 - strength)
    return [(kinds[i], float(np.float32(least + (1 + strength - least) * rng.uniform()))) for i in order]


def warp_of(rng):
    """fastai's aug_transforms(): (matrix 3 x 3 from output to input, -1 to 1; brightness, added to logits; contrast)."""
    uniform = lambda low, high: low + (high - low) * rng.uniform()

    def maybe(neutral, low, high):
        taken, value = rng.uniform() < 0.75, uniform(low, high)
        return value if taken else neutral

    flip = rng.uniform() < 0.5
    x, y, angle = maybe(0, -0.2, 0.2), maybe(0, -0.2, 0.2), math.radians(maybe(0, -10, 10))
    side, across, down = 1 / maybe(1, 1, 1.1), uniform(0, 1), uniform(0, 1)
    light, contrast = maybe(0.5, 0.4, 0.6), math.exp(maybe(0, math.log(0.8), -math.log(0.8)))
    cos, sin = math.cos(angle), math.sin(angle)
    zoom = [[side, 0, (1 - side) * (2 * across - 1)], [0, side, (1 - side) * (2 * down - 1)], [0, 0, 1]]
    affine = np.diag([-1 if flip else 1, 1, 1]) @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]]) @ np.array(zoom)
    # The homography that takes displaced corners to the square's: two equations a corner, its ninth number being 1.
    rows, right = [], []
    for (px, py), (qx, qy) in (((-1 - y, -1 - x), (-1, -1)), ((-1 + y, 1 + x), (-1, 1)), ((1 + y, -1 + x), (1, -1)), ((1 - y, 1 - x), (1, 1))):
        rows += [[px, py, 1, 0, 0, 0, -qx * px, -qx * py], [0, 0, 0, px, py, 1, -qy * px, -qy * py]]
        right += [qx, qy]
    homography = np.append(np.linalg.solve(rows, right), 1).reshape(3, 3)
    return (homography @ affine).tolist(), math.log(light / (1 - light)), contrast


def view_of(image, spec, seed, epoch, index):
    """The square that a network sees of an RGB photo, by a view of recipe.json, and fastai's warp of it, or None. Views of testing draw nothing."""
    width, height = image.size
    resample = FILTERS[spec.get("filter", "bilinear")]
    if spec["kind"] == "eval":
        crop, size = spec["crop"], resized_size(spec["resize"], width, height, spec.get("squish", False))
        left, top = center(size[0], crop), center(size[1], crop)
        return resized(image, size, resample).crop((left, top, left + crop, top + crop)), None
    rng, size, augmentation = Rng(seed, epoch, index), spec["size"], spec.get("augmentation", {"kind": "randomCrop"})
    if augmentation["kind"] == "fastai":
        left, top, w, h = random_crop_box(rng, width, height, augmentation["minScale"], int)
        return resized(image.crop((left, top, left + w, top + h)), (size, size), resample), warp_of(rng)
    if augmentation["kind"] == "randomCrop":
        left, top, w, h = random_crop_box(rng, width, height, augmentation.get("minScale", 0.08))
        flip, strength = rng.uniform() < 0.5, augmentation.get("jitter", 0)
        image = resized(image.crop((left, top, left + w, top + h)), (size, size), resample)
        jitter = jitter_of(rng, strength) if strength > 0 else []
        return coloured(flipped(image, flip), jitter), None
    # FixRes' "test DA2": the centre crop, shifted sideways, of the whole photo flipped and recoloured.
    flip, jitter = rng.uniform() < 0.5, jitter_of(rng, augmentation["jitter"])
    whole = resized_size(augmentation["resize"], width, height)
    left, top = shifted(rng, whole[0], size), center(whole[1], size)
    image = coloured(flipped(resized(image, whole, resample), flip), jitter)
    return image.crop((left, top, left + size, top + size)), None


def resized(image, size, resample):
    return image if image.size == size else image.resize(size, resample)


def flipped(image, flip):
    return image.transpose(Image.FLIP_LEFT_RIGHT) if flip else image


def coloured(image, jitter):
    for enhancer, factor in jitter:
        image = enhancer(image).enhance(factor)
    return image


def opened(file, respect_exif):
    """A photo's pixels as stored, or upright where EXIF says how."""
    image = Image.open(file)
    return (ImageOps.exif_transpose(image) if respect_exif else image).convert("RGB")


def mixing_of(objective, size, seed, epoch, step):
    """Mixup or CutMix of one batch: (share of the photo itself, box cut from its partner or None); None for neither."""
    mixup, cutmix = objective["mixup"], objective["cutmix"]
    if mixup == 0 and cutmix == 0:
        return None
    rng = Rng(seed, MIXING_STREAM, epoch, step)
    cuts = mixup == 0 or (cutmix > 0 and rng.uniform() < 0.5)
    alpha = cutmix if cuts else mixup
    a, b = log_gamma(alpha, rng), log_gamma(alpha, rng)
    share = 1 / (1 + math.exp(b - a))
    if not cuts:
        return share, None
    x, y = rng.integer(0, size - 1), rng.integer(0, size - 1)
    half = int(0.5 * math.sqrt(1 - share) * size)
    left, right, top, bottom = max(x - half, 0), min(x + half, size), max(y - half, 0), min(y + half, size)
    return 1 - (right - left) * (bottom - top) / size**2, (left, top, right, bottom)


def log_gamma(shape, rng):
    """Logarithm of a draw from Gamma(shape, 1) (Marsaglia and Tsang 2000)."""
    if shape < 1:
        return log_gamma(shape + 1, rng) + math.log(1 - rng.uniform()) / shape
    d = shape - 1 / 3
    while True:
        x = rng.normal()
        v = (1 + x / math.sqrt(9 * d)) ** 3
        if v > 0 and math.log(1 - rng.uniform()) < 0.5 * x * x + d - d * v + d * math.log(v):
            return math.log(d * v)
