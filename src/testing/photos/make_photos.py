"""Writes photos.json: one small photo of every kind that people's folders hold, with the pixels that Pillow sees in it.

Usage: make_photos.py photos.json    (Pillow 9.4 with libjpeg-turbo and WebP; avifenc of libavif for the AVIF)

Each has its bytes and its RGB pixels, [height, width, 3], in base64: `pixels` as Image.open().convert("RGB") gives
them, which is what PyTorch's loaders see; `upright` as ImageOps.exif_transpose turns them.
"""

import base64
import io
import json
import struct
import subprocess
import sys
import tempfile
import zlib

import numpy as np
from PIL import Image, ImageOps

WIDTH, HEIGHT = 29, 19
TRUNCATED_AT = 0.6


def colours(depth=255):
    """A picture that looks different from every side, [HEIGHT, WIDTH, 3]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    levels = [x / (WIDTH - 1), y / (HEIGHT - 1), ((x * 7 + y * 11) % 64) / 63]
    return np.stack([np.round(level * depth) for level in levels], -1)


RGB = Image.fromarray(colours().astype(np.uint8))
ALPHA = Image.fromarray(np.tile(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, 1)))


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png16(colour_type, values):
    """Pillow cannot write 16-bit colours. `values`: [HEIGHT, WIDTH, channels]."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    chunk = lambda tag, body: struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def avif(*options):
    with tempfile.TemporaryDirectory() as folder:
        RGB.save(f"{folder}/in.png")
        subprocess.run(["avifenc", *options, f"{folder}/in.png", f"{folder}/out.avif"], check=True, capture_output=True)
        with open(f"{folder}/out.avif", "rb") as file:
            return file.read()


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data


def files():
    cmyk = RGB.convert("CMYK")
    cmyk.putdata([(c, m, y, (c * 3 + y) % 120) for c, m, y, _ in cmyk.getdata()])
    grey, palette = RGB.convert("L"), RGB.quantize(64)
    see_through = palette.copy()
    yield "grey.jpg", saved(grey, "JPEG", quality=90)
    for name, subsampling in [("420", 2), ("422", 1), ("444", 0)]:
        yield f"subsampled_{name}.jpg", saved(RGB, "JPEG", quality=90, subsampling=subsampling)
    yield "progressive.jpg", saved(RGB, "JPEG", quality=90, progressive=True)
    yield "cmyk.jpg", saved(cmyk, "JPEG", quality=95)
    for orientation in range(1, 9):
        yield f"exif_{orientation}.jpg", saved(RGB, "JPEG", quality=90, exif=exif(orientation))
    yield "mpo.jpg", saved(RGB, "MPO", quality=90, save_all=True, append_images=[ImageOps.mirror(RGB)])
    yield "png_named.jpg", saved(RGB, "PNG")
    yield "palette.png", saved(palette, "PNG")
    yield "palette_transparent.png", saved(see_through, "PNG", transparency=bytes(range(64)))
    yield "bilevel.png", saved(grey.convert("1"), "PNG")
    yield "grey.png", saved(grey, "PNG")
    yield "grey_alpha.png", saved(Image.merge("LA", [grey, ALPHA]), "PNG")
    yield "alpha.png", saved(Image.merge("RGBA", [*RGB.split(), ALPHA]), "PNG")
    yield "rgb16.png", png16(2, colours(65535))
    yield "lossless.webp", saved(RGB, "WEBP", lossless=True)
    yield "lossy.webp", saved(RGB, "WEBP", quality=90)
    yield "still.gif", saved(palette, "GIF")
    yield "plain.bmp", saved(RGB, "BMP")
    for name, compression in [("raw", "raw"), ("lzw", "tiff_lzw"), ("deflate", "tiff_adobe_deflate")]:
        yield f"{name}.tif", saved(RGB, "TIFF", compression=compression)
    yield "grey.tif", saved(grey, "TIFF")
    yield "palette.tif", saved(palette, "TIFF")
    yield "alpha.tif", saved(Image.merge("RGBA", [*RGB.split(), ALPHA]), "TIFF")
    # What is above 255 is white to Pillow.
    yield "grey16.tif", saved(Image.fromarray((np.arange(WIDTH * HEIGHT, dtype=np.uint16)).reshape(HEIGHT, WIDTH)), "TIFF")


def encoded(image):
    return base64.b64encode(image.tobytes()).decode()


def main(path):
    photos = []

    def add(name, data, image):
        upright = ImageOps.exif_transpose(image)
        photo = {"name": name, "file": base64.b64encode(data).decode(), "pixels": encoded(image.convert("RGB"))}
        photo |= {"width": image.width, "height": image.height}
        if upright.tobytes() != image.tobytes():
            photo |= {"upright": encoded(upright.convert("RGB"))}
        photos.append(photo)

    for name, data in files():
        add(name, data, Image.open(io.BytesIO(data)))
    # Pillow 9.4 reads neither: 16-bit greys are clipped to white, AVIF needs a plug-in.
    grey16 = np.round(colours(65535)[..., :1])
    add("grey16.png", png16(0, grey16), Image.fromarray((grey16[..., 0].astype(np.uint16) >> 8).astype(np.uint8)))
    add("lossless.avif", avif("--lossless"), RGB)
    whole = saved(RGB, "JPEG", quality=90)
    broken = {"name": "truncated.jpg", "file": base64.b64encode(whole[: int(len(whole) * TRUNCATED_AT)]).decode()}
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"photos": photos, "broken": [broken]}, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
