#pragma once
// app/verbs/make.h: one factory a verb; the table that names them is app/verbs/table.cc.
#include <memory>

#include "app/verb.h"

namespace postern::app {

std::unique_ptr<Verb> make_init_verb();
std::unique_ptr<Verb> make_serve_verb();
std::unique_ptr<Verb> make_check_verb();
std::unique_ptr<Verb> make_scan_verb();
std::unique_ptr<Verb> make_redact_verb();
std::unique_ptr<Verb> make_rules_verb();
std::unique_ptr<Verb> make_dns_verb();
std::unique_ptr<Verb> make_dkim_verb();
std::unique_ptr<Verb> make_user_verb();
std::unique_ptr<Verb> make_network_verb();
std::unique_ptr<Verb> make_token_verb();
std::unique_ptr<Verb> make_workspace_verb();
std::unique_ptr<Verb> make_queue_verb();
std::unique_ptr<Verb> make_reports_verb();
std::unique_ptr<Verb> make_suspended_verb();
std::unique_ptr<Verb> make_trace_verb();
std::unique_ptr<Verb> make_audit_verb();
std::unique_ptr<Verb> make_block_verb();
std::unique_ptr<Verb> make_import_verb();
std::unique_ptr<Verb> make_export_verb();

// What the server starts itself as to read PDF files and pictures (pipeline/extraction); in no table, for nobody types it.
// Comes before the command line is parsed: the process is to do nothing else.
bool is_extract_worker(int argc, char** argv);
int run_extract_worker(int argc, char** argv);

}  // namespace postern::app
