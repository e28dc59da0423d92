//! The network as the papers write it: slow, in double precision, one number after the other.

use crate::tiny::{HEADS, HIDDEN, INNER, LAYERS, Tiny};

type Rows = Vec<Vec<f64>>;

/// The mean of the tokens' vectors, normalised.
pub(crate) fn mean(model: &Tiny, tokens: &[usize]) -> Vec<f64> {
    let rows = encode(model, tokens);
    unit((0..HIDDEN).map(|i| rows.iter().map(|row| row[i]).sum()).collect())
}

/// The first token's vector, normalised.
pub(crate) fn first(model: &Tiny, tokens: &[usize]) -> Vec<f64> {
    unit(encode(model, tokens).swap_remove(0))
}

pub(crate) fn cosine(a: &[f32], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * b).sum()
}

fn encode(model: &Tiny, tokens: &[usize]) -> Rows {
    let table = |name: &str, row: usize, i: usize| f64::from(model.tensor(name)[row * HIDDEN + i]);
    let embed = |(at, token): (usize, &usize)| {
        let number = |i| {
            table("embeddings.word_embeddings.weight", *token, i)
                + table("embeddings.position_embeddings.weight", at + model.first_position(), i)
                + table("embeddings.token_type_embeddings.weight", 0, i)
        };
        (0..HIDDEN).map(number).collect()
    };
    let x = norm(
        model,
        "embeddings.LayerNorm",
        &tokens.iter().enumerate().map(embed).collect(),
    );
    (0..LAYERS).fold(x, |x, number| layer(model, &format!("encoder.layer.{number}"), &x))
}

fn layer(model: &Tiny, name: &str, x: &Rows) -> Rows {
    let mixed = attention(model, name, x);
    let out = linear(model, &format!("{name}.attention.output.dense"), HIDDEN, &mixed);
    let x = norm(model, &format!("{name}.attention.output.LayerNorm"), &sum(x, &out));
    let mut up = linear(model, &format!("{name}.intermediate.dense"), HIDDEN, &x);
    up.iter_mut().flatten().for_each(|x| *x = gelu(*x));
    let down = linear(model, &format!("{name}.output.dense"), INNER, &up);
    norm(model, &format!("{name}.output.LayerNorm"), &sum(&x, &down))
}

fn attention(model: &Tiny, name: &str, x: &Rows) -> Rows {
    let [q, k, v] =
        ["query", "key", "value"].map(|part| linear(model, &format!("{name}.attention.self.{part}"), HIDDEN, x));
    let width = HIDDEN / HEADS;
    let mix = |query: &Vec<f64>| {
        let number = |i: usize| {
            let head = i / width * width..i / width * width + width;
            let likeness =
                |key: &Vec<f64>| head.clone().map(|j| query[j] * key[j]).sum::<f64>() / (width as f64).sqrt();
            let weights: Vec<f64> = k.iter().map(|key| likeness(key).exp()).collect();
            weights
                .iter()
                .zip(&v)
                .map(|(weight, value)| weight * value[i])
                .sum::<f64>()
                / weights.iter().sum::<f64>()
        };
        (0..HIDDEN).map(number).collect()
    };
    q.iter().map(mix).collect()
}

fn linear(model: &Tiny, name: &str, inputs: usize, x: &Rows) -> Rows {
    let (weights, bias) = (
        model.tensor(&format!("{name}.weight")),
        model.tensor(&format!("{name}.bias")),
    );
    let output = |row: &Vec<f64>, (weights, bias): (&[f32], &f32)| {
        row.iter().zip(weights).map(|(x, w)| x * f64::from(*w)).sum::<f64>() + f64::from(*bias)
    };
    x.iter()
        .map(|row| {
            weights
                .chunks(inputs)
                .zip(bias)
                .map(|column| output(row, column))
                .collect()
        })
        .collect()
}

fn norm(model: &Tiny, name: &str, x: &Rows) -> Rows {
    let (scale, shift) = (
        model.tensor(&format!("{name}.weight")),
        model.tensor(&format!("{name}.bias")),
    );
    let row = |row: &Vec<f64>| {
        let mean = row.iter().sum::<f64>() / row.len() as f64;
        let deviation = (row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / row.len() as f64 + 1e-12).sqrt();
        let numbers = row.iter().zip(scale.iter().zip(shift));
        numbers
            .map(|(x, (scale, shift))| (x - mean) / deviation * f64::from(*scale) + f64::from(*shift))
            .collect()
    };
    x.iter().map(row).collect()
}

fn sum(x: &Rows, y: &Rows) -> Rows {
    x.iter()
        .zip(y)
        .map(|(x, y)| x.iter().zip(y).map(|(x, y)| x + y).collect())
        .collect()
}

/// x·Φ(x); the integral of the normal density by Simpson's rule.
fn gelu(x: f64) -> f64 {
    const STEPS: usize = 400;
    let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let height = x / STEPS as f64;
    let weight = |n| {
        if n == 0 || n == STEPS {
            1.0
        } else {
            2.0 + 2.0 * (n % 2) as f64
        }
    };
    let integral = (0..=STEPS).map(|n| weight(n) * density(n as f64 * height)).sum::<f64>() * height / 3.0;
    x * (0.5 + integral)
}

fn unit(x: Vec<f64>) -> Vec<f64> {
    let length = x.iter().map(|x| x * x).sum::<f64>().sqrt();
    x.into_iter().map(|x| x / length).collect()
}
