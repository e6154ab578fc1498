// redaction_bench: how fast text is scanned and rewritten. Started by redaction_bench.py.
//   redaction_bench scan FILE BLOCK ROUNDS    every shipped rule over the file's text, block by block
//   redaction_bench bare FILE BLOCK ROUNDS    one Hyperscan pattern of digit runs over the same, and nothing else: the floor
//   redaction_bench rewrite FILE BLOCK OUT    finds and masks, block by block, to OUT: what the peers do
//   redaction_bench stage FOLDER ROUNDS       Redactor::redact of every message of the folder
// BLOCK in bytes; blocks end at line ends. Prints one JSON object; CPU seconds are of the process.
#include <fmt/format.h>
#include <hs/hs.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/redactor.h"

namespace postern::bench {
namespace {

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "redaction_bench: {}\n", why);
  std::exit(1);
}

std::size_t to_number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) fail("not a number: " + std::string(text));
  return value;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) fail("cannot read " + path.string());
  return bytes;
}

std::vector<std::string_view> blocks_of(std::string_view text, std::size_t block) {
  std::vector<std::string_view> blocks;
  while (!text.empty()) {
    const std::size_t line_end = text.size() <= block ? std::string_view::npos : text.find('\n', block);
    const std::size_t size = line_end == std::string_view::npos ? text.size() : line_end + 1;
    blocks.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return blocks;
}

double cpu_seconds() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

// The least disturbed round counts: the machine is shared.
template <class Round>
void measure(std::size_t rounds, std::size_t bytes, std::size_t items, Round&& round) {
  std::vector<double> times;
  std::size_t findings = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    const double from = cpu_seconds();
    findings = round();
    times.push_back(cpu_seconds() - from);
  }
  std::sort(times.begin(), times.end());
  fmt::print("{{\"bytes\":{},\"items\":{},\"findings\":{},\"cpu_best\":{:.6f},\"cpu_median\":{:.6f}}}\n", bytes, items, findings, times.front(),
             times[times.size() / 2]);
}

void scan(const std::string& text, std::size_t block, std::size_t rounds) {
  const auto blocks = blocks_of(text, block);
  const pipeline::PublishedRules rules;
  const pipeline::RuleScanner scanner = rules.scanner_for_mail({});
  measure(rounds, text.size(), blocks.size(), [&] {
    std::size_t findings = 0;
    for (std::string_view one : blocks) findings += scanner.find(one, pipeline::TextKind::kBody).size();
    return findings;
  });
}

void bare(const std::string& text, std::size_t block, std::size_t rounds) {
  const auto blocks = blocks_of(text, block);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_scratch_t* scratch = nullptr;
  if (hs_compile("[0-9](?:[ -]?[0-9]){11}", 0, HS_MODE_BLOCK, nullptr, &database, &error) != HS_SUCCESS) fail("pattern");
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) fail("scratch");
  measure(rounds, text.size(), blocks.size(), [&] {
    std::size_t matches = 0;
    const auto count = [](unsigned, unsigned long long, unsigned long long, unsigned, void* into) -> int {
      ++*static_cast<std::size_t*>(into);
      return 0;
    };
    for (std::string_view one : blocks) hs_scan(database, one.data(), static_cast<unsigned>(one.size()), 0, scratch, count, &matches);
    return matches;
  });
  hs_free_scratch(scratch);
  hs_free_database(database);
}

void rewrite(const std::string& text, std::size_t block, const std::filesystem::path& to) {
  const auto blocks = blocks_of(text, block);
  const pipeline::PublishedRules rules;
  const pipeline::RuleScanner scanner = rules.scanner_for_mail({});
  std::ofstream out(to, std::ios::binary);
  measure(1, text.size(), blocks.size(), [&] {
    std::size_t findings = 0;
    for (std::string_view one : blocks) {
      const auto found = scanner.find(one, pipeline::TextKind::kBody);
      findings += found.size();
      if (found.empty()) {
        out << one;
      } else {
        out << pipeline::mask_findings(one, found, pipeline::kBlockMask);
      }
    }
    out.flush();
    return findings;
  });
}

void stage(const std::filesystem::path& folder, std::size_t rounds) {
  std::vector<std::shared_ptr<const pipeline::Message>> messages;
  std::size_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".eml") continue;
    messages.push_back(pipeline::Message::copy_of(read_file(entry.path())));
    bytes += messages.back()->size();
  }
  if (messages.empty()) fail("no .eml files");
  const pipeline::Redactor redactor;
  measure(rounds, bytes, messages.size(), [&] {
    std::size_t findings = 0;
    for (const auto& message : messages) {
      const auto redacted = redactor.redact(message, {}, {});
      if (!redacted) fail("redaction failed");
      findings += redacted->verdicts().redactions.size();
    }
    return findings;
  });
}

}  // namespace
}  // namespace postern::bench

int main(int count, char** values) {
  const std::vector<std::string> arguments(values + 1, values + count);
  if (arguments.size() == 4 && arguments[0] == "scan") {
    postern::bench::scan(postern::bench::read_file(arguments[1]), postern::bench::to_number(arguments[2]), postern::bench::to_number(arguments[3]));
  } else if (arguments.size() == 4 && arguments[0] == "bare") {
    postern::bench::bare(postern::bench::read_file(arguments[1]), postern::bench::to_number(arguments[2]), postern::bench::to_number(arguments[3]));
  } else if (arguments.size() == 4 && arguments[0] == "rewrite") {
    postern::bench::rewrite(postern::bench::read_file(arguments[1]), postern::bench::to_number(arguments[2]), arguments[3]);
  } else if (arguments.size() == 3 && arguments[0] == "stage") {
    postern::bench::stage(arguments[1], postern::bench::to_number(arguments[2]));
  } else {
    postern::bench::fail("scan|bare FILE BLOCK ROUNDS, rewrite FILE BLOCK OUT, stage FOLDER ROUNDS");
  }
}
