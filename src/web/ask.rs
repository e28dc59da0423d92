//! The front page and the answer: a text comes in by POST, so that it stands in no address, and nothing of it is kept.

use http::StatusCode;
use warp::reply::Response;

use super::{
    answer::AnswerView,
    foreign::{Foreign, PARAGRAPH},
    form,
    page::{AnswerPage, FormView, Frame, HomePage, Keep, Switch, respond},
    visit::Visit,
};
use crate::{
    api::{App, Call, ErrorCode, Problem},
    domain::Lang,
    lookup::{Answer, Question},
};

/// `GET /`
pub(super) async fn show_home(_: App, call: Call) -> Result<Response, Problem> {
    let visit = Visit::of(&call);
    let frame = home_frame(&visit).indexable();
    let page = HomePage {
        frame,
        form: FormView::default(),
    };
    Ok(respond(StatusCode::OK, &visit, Keep::Asking, &page))
}

/// `POST /`
pub(super) async fn show_answer(app: App, call: Call) -> Result<Response, Problem> {
    let visit = Visit::of(&call);
    if !form::is_form(call.headers()) {
        return Err(Problem::new(ErrorCode::UnsupportedMediaType));
    }
    let body = call.bytes(app.body_timeout).await?;
    let Some(text) = form::text(&body) else {
        return Ok(incomplete(&visit));
    };
    let answer = app
        .lookup
        .answer(&Question::from_text(&text, None), app.candidates)
        .await?;
    Ok(answered(&visit, text, &answer))
}

fn home_frame(visit: &Visit) -> Frame {
    Frame::new(visit, &visit.lang.texts().home.title, Switch::Links("/".to_owned()))
}

/// The front page again, saying at the field what is missing.
fn incomplete(visit: &Visit) -> Response {
    let texts = visit.lang.texts();
    let mut frame = home_frame(visit);
    frame.title = format!("{}: {}", texts.form.error, frame.title);
    let form = FormView {
        empty: true,
        ..FormView::default()
    };
    respond(
        StatusCode::UNPROCESSABLE_ENTITY,
        visit,
        Keep::Never,
        &HomePage { frame, form },
    )
}

fn answered(visit: &Visit, text: String, answer: &Answer) -> Response {
    let view = AnswerView::new(answer, visit.lang);
    let page = AnswerPage {
        frame: Frame::new(visit, view.title, Switch::Repeat(text.clone())),
        asked: Foreign::new(&text, Lang::UND, PARAGRAPH),
        answer: view,
        form: FormView { text, empty: false },
    };
    respond(StatusCode::OK, visit, Keep::Never, &page)
}
