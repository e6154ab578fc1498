#pragma once
// ticketing/options.h: workspaces, inboxes and limits, filled by conf.
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "ticketing/rule_options.h"

namespace postern::ticketing {

// What an inbox does with senders, see pipeline::InboxPolicy.
struct SenderOptions {
  std::string on_dmarc_fail = "published";  // words of pipeline::SenderAction
  std::string on_no_dmarc = "accept";
  std::string on_temperror = "defer";
  std::vector<std::string> allow;
  std::vector<std::string> block;
  bool takes_reports = false;
};

struct InboxOptions {
  std::string workspace;               // its name
  std::vector<std::string> addresses;  // "support@example.com"; a bare "@example.com" takes every local part
  std::string display_name;            // of replies: "Example Support"
  SenderOptions senders;
  bool web_form = false;               // people write requests to it on a page without an account
};

// DMARC and TLS reports that others send us.
struct MailReportLimits {
  std::uint32_t retention_days = 400;             // of reports and of what they add up to
  std::uint32_t future_days_max = 2;              // a report of a later day is kept but not counted; nor is one too old
  std::size_t reports_max = 50'000;               // of a workspace; more: the oldest are erased, their sums stay
  std::size_t erased_at_once_max = 20;            // old records of a kind that one new report erases
  std::size_t rows_kept_max = 500;                // of one report, to be read again; all are counted
  std::size_t kept_bytes_max = 256U << 10U;       // the same in bytes of their records
  std::size_t sources_per_day_max = 2'000;        // of one domain; further ones are one sum without an address
  std::size_t reporters_per_day_max = 200;        // of one domain; further ones are not named
  std::size_t tls_failures_per_day_max = 500;     // of one domain, by type and host; further ones are one sum
  std::size_t foreign_domains_per_day_max = 200;  // domains that are not ours: strangers may report of any
  std::uint32_t period_days_max = 400;            // of one question
  std::size_t records_read_max = 5'000;           // by one question
};

struct Options {
  MailReportLimits mail_reports;
  RuleSetLimits rule_sets;
  FindingLimits findings;
  ReplayLimits replays;
  std::vector<InboxOptions> inboxes;
  std::string hostname;                     // right side of our Message-IDs
  std::string origin;                       // where agents sign in, "https://help.example.com"; empty: https:// and the hostname
  std::size_t comment_bytes_max = 1U << 20U;
  std::size_t files_max = 32;               // of one comment by an agent
  std::size_t file_bytes_max = 20U << 20U;  // all of them together
  std::size_t subject_bytes_max = 998;
  std::size_t page_size_max = 1000;         // of tickets, comments or events in one answer; callers have limits of their own
  std::size_t suspended_scan_max = 2000;    // keys of suspended mail that one page walks past
  std::uint32_t suspended_days = 14;        // how long held mail waits, unless its workspace says otherwise
  std::uint32_t suspended_days_max = 90;    // what a workspace may say
  std::size_t suspended_many_max = 100;     // held messages that one request recovers or deletes
  std::size_t suspended_expired_at_once_max = 50;  // in one transaction
  std::size_t digest_scan_max = 5000;       // held messages that one digest counts
  std::size_t digest_readers_max = 200;     // of a workspace
  std::uint32_t digest_hour_utc = 6;        // from when on the day's digest is sent
  std::size_t list_scan_max = 10'000;       // tickets that one filtered list call reads; then it answers what it has
  std::size_t participants_max = 48;        // CCs of a ticket
  std::size_t redaction_phrases_max = 50;           // of one removal by hand; the same for files
  std::size_t redaction_phrase_bytes_max = 4096;
  std::size_t redaction_comments_max = 2000;        // of one ticket that are looked at for copies
  std::size_t commit_attempts_max = 5;      // on kConflict, one right after the other
  std::chrono::milliseconds commit_patience{3000};  // how long a change of a ticket goes on trying behind them, between waits
  std::size_t report_attempts_max = 60;     // the same of a delivery report: those of one reply all write its comment
  std::size_t claim_scan_max = 10'000;      // due entries of a workspace that one claim looks at
  std::size_t inline_text_bytes_max = 8192; // of a body inside its record; a larger one is a blob
  std::size_t thread_ids_max = 20;          // Message-IDs kept for References
  std::size_t claimed_ids_max = 50;         // Message-IDs of one message that threading looks at, newest first
  std::chrono::hours dedupe_life{240};      // how long a repeated delivery is recognised
  std::chrono::minutes dedupe_life_without_id{15};  // of messages without a Message-ID, from the same client and sender
  std::chrono::minutes retry_first{5};
  std::chrono::minutes retry_max{240};
  std::chrono::hours retry_life{120};
  std::chrono::seconds purge_interval{60};  // of looks for values that were removed by hand and may still be on the disk
};

}  // namespace postern::ticketing
