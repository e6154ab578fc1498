#pragma once
// pipeline/runner/trace_headers.h: the fields that we put before the stored copy (RFC 5321 section 4.4, RFC 8601).
// Values of the peer are reduced to printable ASCII without structure, so that they cannot forge a field.
// Thread-safety: pure functions.
#include <string>
#include <string_view>

#include "pipeline/api/envelope.h"
#include "pipeline/api/verdict.h"

namespace postern::pipeline {

// Return-Path and Authentication-Results, each with CRLF. The Received field is the edge's: it stands on the message
// before the pipeline sees it.
std::string trace_headers(const Envelope& envelope, const AuthVerdicts& auth, std::string_view authserv_id);

}  // namespace postern::pipeline
