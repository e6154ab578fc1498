#include <fmt/format.h>

#include <cstdio>

#include "app/verbs/make.h"
#include "core/errc.h"
#include "core/secret.h"
#include "pipeline/redaction/redactor.h"

namespace postern::app {
namespace {

constexpr std::size_t kInputBytesMax = 100U << 20U;

core::Result<core::SecretBuffer> read_standard_input() {
  core::SecretBuffer out;
  char block[65536];
  for (;;) {
    const std::size_t got = std::fread(block, 1, sizeof block, stdin);
    if (got == 0) break;
    out.insert(out.end(), block, block + got);
    if (out.size() > kInputBytesMax) return core::fail(core::Errc::kInvalid, "more than 100 MiB on standard input");
  }
  core::wipe(block, sizeof block);
  return out;
}

class RedactVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.option("rcpt", rcpt_, "recipient, for rules that depend on it");
  }

  int run(const Output& output) override {
    core::forbid_core_dumps();
    auto input = read_standard_input();
    if (!input) return output.problem(input.error());
    pipeline::Envelope envelope;
    if (!rcpt_.empty()) {
      pipeline::Recipient recipient;
      recipient.address = pipeline::split_address(rcpt_);
      envelope.rcpts.push_back(std::move(recipient));
    }
    const pipeline::Redactor redactor("postern redact");
    const auto redacted = redactor.redact(std::make_shared<const pipeline::Message>(std::move(*input)), envelope, {});
    if (!redacted) return output.problem(redacted.error());
    std::fwrite(redacted->raw().data(), 1, redacted->raw().size(), stdout);
    for (const auto& one : redacted->verdicts().redactions) {
      std::fputs(fmt::format("redacted {}{}{} in part {} ({}), {} time{}\n", one.rule, one.brand.empty() ? "" : " ", one.brand, one.part,
                             one.where, one.count, one.count == 1 ? "" : "s").c_str(), stderr);
    }
    if (redacted->verdicts().redactions.empty()) std::fputs("nothing to redact\n", stderr);
    return kExitOk;
  }

 private:
  std::string rcpt_;
};

}  // namespace

std::unique_ptr<Verb> make_redact_verb() { return std::make_unique<RedactVerb>(); }

}  // namespace postern::app
