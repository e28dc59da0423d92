//! Every error this API can answer with: one row a code. `docs/api-errors.md` and `openapi.yaml` are held equal to it.

use http::StatusCode;

/// Makes the enum and its columns from one table: variant, code on the wire, status, title, what the caller can do.
macro_rules! codes {
    ($($variant:ident => $code:literal, $status:ident, $title:literal, $help:literal;)+) => {
        /// A stable name for what went wrong; the HTTP status follows from it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(#[doc = $title] $variant,)+
        }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The HTTP status that it is sent with.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status),+ }
            }

            /// RFC 9457 `title`: the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            /// What the caller can do about it.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => $help),+ }
            }
        }
    };
}

codes! {
    MalformedRequest => "malformed_request", BAD_REQUEST, "The request is malformed",
        "Send exactly one valid Host header, and a target that is a path.";
    MalformedBody => "malformed_body", BAD_REQUEST, "The body is not JSON",
        "Send one JSON value in UTF-8 (RFC 8259), nested at most 128 deep, with no member twice and nothing after it.";
    InvalidCursor => "invalid_cursor", BAD_REQUEST, "The cursor is not one of ours",
        "Send a cursor exactly as it came in the last answer, with the same other parameters.";
    KeyInQuery => "key_in_query", BAD_REQUEST, "A key stands in the address",
        "Send the key in the Authorization header. Addresses end up in logs: revoke this key and make a new one.";
    KeyRequired => "key_required", UNAUTHORIZED, "An API key is required",
        "Send `Authorization: Bearer klar_...`; the operator makes keys with `klarstelle key create`.";
    KeyInvalid => "key_invalid", UNAUTHORIZED, "The API key opens nothing",
        "Check that the key was copied whole, and that it belongs to this server.";
    KeyExpired => "key_expired", UNAUTHORIZED, "The API key has expired",
        "Ask the operator for a new key.";
    KeyRevoked => "key_revoked", UNAUTHORIZED, "The API key was revoked",
        "Ask the operator for a new key.";
    ScopeTooSmall => "scope_too_small", FORBIDDEN, "The API key may not do this",
        "Use a key whose scope the operation names.";
    RouteNotFound => "route_not_found", NOT_FOUND, "There is nothing at this address",
        "See /openapi.yaml for the addresses that exist.";
    ClaimNotFound => "claim_not_found", NOT_FOUND, "There is no such claim",
        "Check the identifier; claims are listed at /v1/claims.";
    FactCheckNotFound => "fact_check_not_found", NOT_FOUND, "There is no such fact-check",
        "Check the identifier.";
    VersionNotFound => "version_not_found", NOT_FOUND, "The fact-check has no such version",
        "Versions are listed at /v1/fact-checks/{fact_check_id}/versions.";
    AttachmentNotFound => "attachment_not_found", NOT_FOUND, "There is no such attachment",
        "Check the identifier; a claim lists its attachments.";
    SourceNotFound => "source_not_found", NOT_FOUND, "There is no such source",
        "Check the identifier; sources are listed at /v1/sources.";
    DocumentNotFound => "document_not_found", NOT_FOUND, "There is no such document",
        "Check the identifier; a claim's sightings name their documents.";
    ReportNotFound => "report_not_found", NOT_FOUND, "There is no report with this receipt",
        "Check the code: sixteen letters and digits, as they came in the answer to the report.";
    CopyNotKept => "copy_not_kept", NOT_FOUND, "No copy of the document was kept",
        "Nothing can be done about this one; copies are kept from when the operator sets `crawl.archive`, within its budget.";
    CopyGone => "copy_gone", GONE, "The copy is there no more",
        "Its file is not in the archive's folder: the operator has removed it, moved it, or set another `crawl.archive`.";
    MethodNotAllowed => "method_not_allowed", METHOD_NOT_ALLOWED, "The method does not fit this address",
        "Use one of the methods named in the Allow header.";
    BodyTimeout => "body_timeout", REQUEST_TIMEOUT, "The body did not arrive in time",
        "Send the whole body at once.";
    AlreadyAttached => "already_attached", CONFLICT, "The fact-check is attached to this claim already",
        "`existing` names the attachment. Withdraw it first to attach anew.";
    AlreadyWithdrawn => "already_withdrawn", CONFLICT, "The attachment was withdrawn before",
        "Nothing to do; attach anew if it was withdrawn by mistake.";
    AlreadyMerged => "already_merged", CONFLICT, "Another claim stands for this one",
        "`existing` names that claim. Use it instead, or split the two first.";
    SameClaim => "same_claim", CONFLICT, "A claim cannot be merged into itself",
        "The other claim was merged into this one before; split it off first to have it the other way round.";
    NotMerged => "not_merged", CONFLICT, "The claim was not merged into this one",
        "Ask for the claim to be split off: the answer leads to the one that it was merged into.";
    WordingTaken => "wording_taken", CONFLICT, "Another claim has this text",
        "`existing` names that claim. Merge the two, or choose other words.";
    ChangesOnlyByImport => "changes_only_by_import", CONFLICT, "Another publisher's fact-check is not changed here",
        "Import it again. To disagree, write an own fact-check and attach it.";
    StaleVersion => "stale_version", PRECONDITION_FAILED, "Somebody changed it in the meantime",
        "Read it again (`current_version` is its version now), merge, and send the new ETag in If-Match.";
    BodyTooLarge => "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large",
        "Send at most 65536 bytes; a page to look up may have 2 MiB.";
    AddressTooLong => "address_too_long", URI_TOO_LONG, "The address is too long",
        "Send long texts in a body: an address may have 8192 bytes.";
    UnsupportedMediaType => "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The body's type or coding is not taken",
        "Send `Content-Type: application/json` in UTF-8, without Content-Encoding.";
    HostNotServed => "host_not_served", MISDIRECTED_REQUEST, "This server does not answer for that host",
        "Use the server's public name, or let the operator add the host to `server.allowed_hosts`.";
    InvalidBody => "invalid_body", UNPROCESSABLE_ENTITY, "The body is JSON, but not what is expected here",
        "`errors` names each member by its JSON Pointer (RFC 6901), and what is expected there.";
    InvalidParameter => "invalid_parameter", UNPROCESSABLE_ENTITY, "A parameter is not what is expected here",
        "`errors` names each parameter or header, and what is expected there.";
    UnknownReference => "unknown_reference", UNPROCESSABLE_ENTITY, "The body names an object that does not exist",
        "Create it first, or check its identifier; `errors` points at it.";
    VersionRequired => "version_required", PRECONDITION_REQUIRED, "The version to be changed is not named",
        "Send the ETag of the version that you read in If-Match.";
    RateLimited => "rate_limited", TOO_MANY_REQUESTS, "Too many requests",
        "Wait as many seconds as Retry-After says. Callers with an API key are not limited.";
    Internal => "internal", INTERNAL_SERVER_ERROR, "Something broke on our side",
        "Tell the operator the `request_id`; the log says more under it.";
    CopyDamaged => "copy_damaged", INTERNAL_SERVER_ERROR, "The copy is not what was kept",
        "Its bytes no longer fit the digest in the store, so it proves nothing: the operator may have a backup of the archive.";
    NotReady => "not_ready", SERVICE_UNAVAILABLE, "The server cannot answer yet",
        "Try again later.";
    RequestTimeout => "request_timeout", SERVICE_UNAVAILABLE, "The answer took too long",
        "Try again; a change may or may not have been made, so read first.";
    StoreUnavailable => "store_unavailable", SERVICE_UNAVAILABLE, "The store cannot be reached or is busy",
        "Nothing was changed. Try again after Retry-After.";
    StorageFull => "storage_full", SERVICE_UNAVAILABLE, "The disk is full",
        "Nothing was changed. Reading goes on; the operator has to make room.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_words_and_never_a_success() {
        let mut seen = HashSet::new();
        for code in ErrorCode::ALL {
            let word = code.as_str();
            assert!(seen.insert(word), "{word} stands twice");
            assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{word}");
            assert!(code.status().as_u16() >= 400, "{word}");
            assert!(code.help().ends_with('.'), "{word}");
        }
    }
}
