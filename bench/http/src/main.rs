//! `print-back ANSWER`: reads a lookup's question and writes the answer in that file, over and over, as warp's own users
//! would: the least that a service in this language, with this framework, can do for a lookup. Says its address on a line.

use std::{convert::Infallible, env, error::Error, fs, sync::Arc};

use serde::Deserialize;
use serde_json::Value;
use warp::Filter;

/// The service's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    text: String,
    language: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("usage: print-back ANSWER")?;
    let answer: Arc<Value> = Arc::new(serde_json::from_str(&fs::read_to_string(file)?)?);
    let route = warp::path!("v1" / "lookup")
        .and(warp::post())
        .and(warp::body::json())
        .then(move |question: Question| {
            let answer = Arc::clone(&answer);
            async move { Ok::<_, Infallible>(print(&question, &answer)) }
        });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    warp::serve(route).incoming(listener).run().await;
    Ok(())
}

/// The question is looked at, so that reading it cannot be left out.
fn print(question: &Question, answer: &Value) -> impl warp::Reply + use<> {
    let is_asked = !question.text.is_empty() || question.language.is_some();
    warp::reply::json(if is_asked { answer } else { &Value::Null })
}
