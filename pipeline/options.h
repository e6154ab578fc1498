#pragma once
// pipeline/options.h: every limit and setting of the content pipeline. conf fills it, app passes the pieces on.
// Thread-safety: plain values.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/clock.h"
#include "pipeline/mime/limits.h"
#include "pipeline/runner/stage_budget.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

struct RedactionLimits {
  std::uint32_t passes_max = 3;               // rewrite and scan again; a part with findings left becomes a notice
  std::uint32_t nested_messages_max = 8;      // encoded message/rfc822 inside each other; deeper ones become a notice
  std::size_t part_bytes_max = 32u << 20;     // decoded bytes of one scanned part; larger text becomes a notice
  std::size_t scanned_bytes_max = 96u << 20;  // of all views of one pass; what is beyond becomes a notice
  std::size_t speculative_bytes_max = 1u << 20;  // readings of readings beyond readings_per_byte_max, of all parts of a message together
  std::size_t readings_per_byte_max = 64;        // readings of readings (base64 in percent escapes in …), by the bytes of a part; past it the text becomes a notice
  std::size_t sniffed_bytes = 4096;              // looked at to tell text from binary
};

// Files that hold text in a form of their own: archives, office documents, PDF, pictures. Of one message, all together.
struct FileLimits {
  std::uint32_t depth_max = 6;               // files inside files; deeper ones are not looked into and become a notice
  std::uint32_t entries_max = 4000;          // of all archives
  std::size_t unpacked_bytes_max = 128u << 20;
  std::uint32_t ratio_max = 200;             // unpacked to packed bytes of one archive, past ratio_floor_bytes
  std::size_t ratio_floor_bytes = 4u << 20;  // small text packs well
  std::size_t extracted_text_bytes_max = 16u << 20;  // of one PDF or picture
  std::uint32_t documents_max = 20;                  // PDF files and pictures handed to the extractor
};

// What becomes of a file that cannot be looked into: encrypted, damaged, or past a limit.
enum class UnreadableFile {
  kKeep,     // stored as it came
  kReplace,  // a notice stands for it
  kSuspend,  // kept, and the message waits for a person
};

struct ExtractorOptions {
  bool reads_pdf = true;
  std::string ocr_program;  // path of tesseract; empty: pictures are not read
  std::string ocr_languages = "eng";
  std::uint32_t workers = 1;                                   // processes
  std::chrono::milliseconds document_time_max{10'000};         // of one document, CPU and wall
  std::size_t worker_memory_bytes_max = 512u << 20;
  std::size_t document_bytes_max = 32u << 20;
};

struct RedactionOptions {
  // Encrypted files are kept by default: nobody who lacks the password reads a number in them. Past a limit: always a notice.
  UnreadableFile on_unreadable = UnreadableFile::kKeep;
  FileLimits files;
  ExtractorOptions extractor;
};

static_assert(RedactionLimits{}.passes_max >= 1);
static_assert(RedactionLimits{}.scanned_bytes_max >= RedactionLimits{}.part_bytes_max);

struct SpamOptions {
  double suspend_score = 6.0;           // at or above: a person looks at it before it becomes a ticket
  double reject_score = 15.0;           // at or above: 550 in session; nothing below is ever rejected
  std::uint32_t rcpts_many = 20;        // recipients in To and Cc that count as many
  std::uint32_t caps_letters_min = 10;  // a subject with fewer letters is not called shouting
  std::uint32_t links_max = 200;        // links of the HTML that are looked at
};

static_assert(SpamOptions{}.reject_score > SpamOptions{}.suspend_score);

struct RunnerOptions {
  std::string authserv_id = "localhost";  // RFC 8601 section 2.5: our name in Authentication-Results and Received
  std::uint32_t hops_max = 50;            // Received fields; more is a loop (554 5.4.6)
  bool rejects_dmarc_fail = true;      // refuse where the From domain publishes reject; else it counts as spam evidence
  bool defers_dmarc_temperror = true;  // 451 while the policy cannot be looked up; else accepted with that verdict
  std::size_t inline_bytes_max = 64 * 1024;                    // smaller messages are scanned on the session's thread
  StageBudgets stages;
};

struct PipelineOptions {
  AuthOptions auth;
  MimeLimits mime;
  RedactionLimits redaction;
  RedactionOptions redaction_options;
  SpamOptions spam;
  RunnerOptions runner;
};

}  // namespace postern::pipeline
