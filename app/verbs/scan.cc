#include "app/mail_files.h"
#include "app/offline.h"
#include "app/pipeline_stack.h"
#include "app/scan_report.h"
#include "app/verbs/make.h"
#include "conf/load.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/random.h"
#include "core/secret.h"
#include "storage/memory_store.h"
#include "ticketing/directory.h"

namespace postern::app {
namespace {

constexpr auto kMessageTimeMax = std::chrono::seconds(60);

// `scan` stores nothing: reaching the sink would be a bug.
class NoSink final : public pipeline::MessageSink {
 public:
  core::Task<core::Result<pipeline::Receipt>> accept(pipeline::Envelope, pipeline::RedactedMessage) override {
    co_return core::fail(core::Errc::kInvalid, "scan stores nothing");
  }
};

class ScanVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positionals("path", paths_, "message files (.eml), mboxes or folders");
    arguments.option("config", config_, "configuration file (default: built-in settings)");
    arguments.option("resolver", resolver_, "resolver to ask, HOST:PORT");
    arguments.option("client-ip", envelope_.client_ip, "address that the message came from (default 192.0.2.1)");
    arguments.option("helo", envelope_.helo, "HELO name");
    arguments.option("mail-from", mail_from_, "envelope sender; <> or empty for none");
    arguments.repeated("rcpt", rcpts_, "envelope recipient");
  }

  int run(const Output& output) override {
    core::forbid_core_dumps();
    if (paths_.empty()) return output.usage("scan: name a message file, an mbox or a folder");
    if (auto ready = prepare(); !ready) return output.usage(ready.error().context());
    boost::asio::io_context io;
    const pipeline::Redactor redactor(options_.pipeline.redaction, options_.pipeline.mime);
    NoSink sink;
    core::WorkPool cpu("cpu", 1, 64);
    auto stack = PipelineStack::build(io, PipelineStack::Parts{options_, redactor, sink, cpu, core::system_clock()});
    if (!stack) return output.problem(stack.error());
    int code = kExitOk;
    const auto visit = [&](const MailFile& mail) { scan_one(output, mail, io, **stack); };
    const auto complain = [&](const core::Error& error) { output.problem(error); };
    for (const std::string& path : paths_) {
      if (!for_each_mail(path, visit, complain)) code = kExitProblem;
    }
    (*stack)->stop();
    return code;
  }

 private:
  core::Result<void> prepare() {
    if (!config_.empty()) {
      conf::Loaded loaded = conf::load_file(config_);
      if (!loaded.ok()) return core::fail(core::Errc::kInvalid, loaded.problems.front().to_string());
      options_ = std::move(loaded.options);
    }
    if (!resolver_.empty()) {
      auto endpoint = net::Endpoint::parse(resolver_);
      if (!endpoint) return core::fail(core::Errc::kInvalid, "scan: --resolver is HOST:PORT");
      options_.dns.servers = {*endpoint};
    }
    if (envelope_.client_ip.empty()) envelope_.client_ip = "192.0.2.1";
    auto address = net::IpAddress::parse(envelope_.client_ip);
    if (!address) return core::fail(core::Errc::kInvalid, "scan: --client-ip is an IP address");
    envelope_.client_ip = address->to_string();
    if (mail_from_ != "<>" && !mail_from_.empty()) envelope_.mail_from = pipeline::split_address(mail_from_);
    POSTERN_CHECK(resolve_recipients());
    envelope_.protocol = "ESMTP";
    envelope_.received_at = core::system_clock().wall_now();
    return {};
  }

  // With a configuration the recipients are its inboxes, with their rules about senders; the store is not opened.
  core::Result<void> resolve_recipients() {
    std::unique_ptr<ticketing::Directory> directory;
    std::unique_ptr<storage::Store> store;
    std::unique_ptr<storage::Vault> vault;
    if (!config_.empty() && !rcpts_.empty()) {
      boost::asio::io_context io;
      store = storage::make_memory_store(core::system_clock());
      vault = std::make_unique<storage::Vault>(*store, core::to_secret(core::random_bytes(32)));
      POSTERN_TRY(directory, run_to_end(io, ticketing::Directory::load(*store, *vault, options_.ticketing)));
    }
    for (const auto& rcpt : rcpts_) {
      pipeline::Recipient one;
      one.address = pipeline::split_address(rcpt);
      if (directory) {
        auto known = directory->resolve(one.address);
        if (!known) return core::fail(core::Errc::kInvalid, "scan: no inbox of " + config_ + " takes mail for " + rcpt + " (550 5.1.1)");
        one = std::move(*known);
      }
      envelope_.rcpts.push_back(std::move(one));
    }
    return {};
  }

  void scan_one(const Output& output, const MailFile& input, boost::asio::io_context& io, PipelineStack& stack) const {
    auto message = pipeline::Message::copy_of(input.bytes);
    const auto by = core::Deadline::after(kMessageTimeMax, core::system_clock());
    const auto result = run_to_end(io, scan(stack, envelope_, message, by));
    if (output.as_json()) {
      output.json(scan_report(input.name, message->size(), *result));
    } else {
      output.line(scan_line(input.name, *result));
    }
  }

  static core::Task<core::Result<pipeline::ScanResult>> scan(PipelineStack& stack, pipeline::Envelope envelope,
                                                             std::shared_ptr<const pipeline::Message> message, core::Deadline by) {
    co_return co_await stack.intake().scan(std::move(envelope), std::move(message), by);
  }

  std::vector<std::string> paths_, rcpts_;
  std::string config_, resolver_, mail_from_;
  pipeline::Envelope envelope_;
  conf::GatewayOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_scan_verb() { return std::make_unique<ScanVerb>(); }

}  // namespace postern::app
