// Configuration: unknown keys, all errors at once with their lines, defaults that come from one table.
#include "conf/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "conf/schema.h"

namespace postern::conf {
namespace {

constexpr std::string_view kSmall = R"([server]
data = "/tmp/postern-data"
[smtp]
listen = ["127.0.0.1:2525"]
[[inbox]]
workspace = "main"
addresses = ["support@example.com", "@help.example.com"]
)";

Loaded load(std::string_view text) { return load_text("/etc/postern.toml", text, false); }

TEST(Configuration, SmallFileIsGood) {
  const Loaded loaded = load(kSmall);
  ASSERT_TRUE(loaded.ok()) << loaded.problems.front().to_string();
  EXPECT_EQ(loaded.options.smtp_listen.listen.front().to_string(), "127.0.0.1:2525");
  EXPECT_EQ(loaded.options.ticketing.inboxes.front().addresses.size(), 2U);
  EXPECT_EQ(loaded.options.resolve("tls/cert.pem"), "/tmp/postern-data/tls/cert.pem");
}

TEST(Configuration, AllErrorsAtOnceWithTheirLines) {
  const Loaded loaded = load(R"([server]
data = 5
hostnam = "x"
[smtp]
listen = ["nowhere"]
rcpts_max = -1
[surprise]
x = 1
[[inbox]]
workspace = "main"
addresses = ["no-at-sign"]
)");
  std::vector<std::size_t> lines;
  for (const auto& problem : loaded.problems) lines.push_back(problem.line);
  EXPECT_EQ(lines, (std::vector<std::size_t>{2, 3, 5, 6, 7, 9}));
  EXPECT_NE(loaded.problems[1].text.find("did you mean hostname?"), std::string::npos) << loaded.problems[1].text;
}

TEST(Configuration, AFileThatCannotBeReadIsNamedOnceWithItsReason) {
  const std::pair<const char*, const char*> files[] = {
      {"/nonexistent/postern.toml", "/nonexistent/postern.toml: No such file or directory"}, {"/", "/: Is a directory"}};
  for (const auto& [file, words] : files) {
    const Loaded loaded = load_file(file);
    ASSERT_EQ(loaded.problems.size(), 1U);
    EXPECT_EQ(loaded.problems.front().to_string(), words);
  }
}

// What links in mail begin with.
TEST(Configuration, LinksLeadWhereBrowsersFindTheServer) {
  const auto origin = [](const char* web, const char* hostname = "hostname = \"mail.example.com\"\n") {
    std::string text(kSmall);
    text.insert(text.find("data"), hostname);
    text.insert(text.find("[[inbox]]"), std::string("[web]\n") + web + "\n");
    const Loaded loaded = load(text);
    EXPECT_TRUE(loaded.ok()) << loaded.problems.front().to_string();
    EXPECT_EQ(loaded.options.ticketing.origin, loaded.options.origin());
    return loaded.options.origin();
  };
  EXPECT_EQ(origin("listen = [\"0.0.0.0:443\"]"), "https://mail.example.com");
  EXPECT_EQ(origin("listen = [\"0.0.0.0:8443\"]"), "https://mail.example.com:8443");
  EXPECT_EQ(origin("listen = [\"127.0.0.1:8443\"]"), "https://localhost:8443") << "as init --unprivileged has it";
  EXPECT_EQ(origin("listen = [\"127.0.0.1:8443\"]\nproxy_peers = [\"127.0.0.1/32\"]"), "https://mail.example.com") << "the proxy has another port";
  EXPECT_EQ(origin("listen = []"), "https://mail.example.com");
  EXPECT_EQ(origin("listen = [\"127.0.0.1:8443\"]\npublic_origin = \"https://help.example.com\""), "https://help.example.com");
}

TEST(Configuration, TheContentOriginIsANameOfItsOwn) {
  const auto problems = [](const std::string& web) {
    std::string text(kSmall);
    text.insert(text.find("[[inbox]]"), "[web]\n" + web + "\n");
    std::string out;
    for (const Problem& each : load(text).problems) out += each.to_string();
    return out;
  };
  const std::string page = "public_origin = \"https://help.example.com\"\n";
  EXPECT_EQ(problems(page + "content_origin = \"https://content.example.net:8443\""), "");
  EXPECT_NE(problems("content_origin = \"https://content.example.net\"").find("needs web.public_origin"), std::string::npos);
  EXPECT_NE(problems(page + "content_origin = \"https://Help.example.com\"").find("the same as"), std::string::npos);
  for (const char* wrong : {"content.example.net", "http://content.example.net", "https://content.example.net/files", "https://", "https://a'; script-src *"}) {
    EXPECT_NE(problems(page + "content_origin = \"" + wrong + "\"").find("is not of the form"), std::string::npos) << wrong;
  }
}

// Z-32: a domain that is misspelt in its form would leave mail to it without the demand.
TEST(Configuration, Z32_DomainsOfDeliveryAndPolicyAreNames) {
  const auto problems = [](const std::string& table, const std::string& line) {
    std::string text(kSmall);
    text.insert(text.find("[[inbox]]"), "[" + table + "]\n" + line + "\n");
    std::string out;
    for (const auto& problem : load(text).problems) out += problem.to_string() + "\n";
    return out;
  };
  EXPECT_EQ(problems("delivery", R"(require_tls_domains = ["*", "bank.example", "b\u00FCcher.example"])"), "");
  EXPECT_EQ(problems("web", R"(mta_sts_mx = ["backup.example.com", "*.mx.example.com"])"), "");
  for (const char* wrong : {"bank", "ann@bank.example", "*.bank.example", "bank.example.", "-bank.example", "https://bank.example", ""}) {
    EXPECT_NE(problems("delivery", std::string("require_tls_domains = [\"") + wrong + "\"]").find("neither a domain"), std::string::npos) << wrong;
  }
  for (const char* wrong : {"*", "*.example", "10 mx.example.com", "mx.example.com:25", "b\u00FCcher.example", "mx..example"}) {
    EXPECT_NE(problems("web", std::string("mta_sts_mx = [\"") + wrong + "\"]").find("is no host"), std::string::npos) << wrong;
  }
}

TEST(Configuration, TextMessagesAndFeedsAreOptionsAndOff) {
  const GatewayOptions usual = load(kSmall).options;
  EXPECT_EQ(usual.auth.factors.text_gateway.url, "");
  EXPECT_EQ(usual.feed_interval, std::chrono::minutes(60));
  std::string text(kSmall);
  text.insert(text.find("[[inbox]]"), R"([text_messages]
url = "https://sms.example.com/send"
body = '{"to": "{{number}}", "text": "{{text}}"}'
countries = ["+43"]
networks = ["10.0.0.0/8"]
[feeds]
interval_minutes = 120
)");
  const Loaded loaded = load(text);
  ASSERT_TRUE(loaded.ok()) << loaded.problems.front().to_string();
  EXPECT_EQ(loaded.options.auth.factors.text_gateway.url, "https://sms.example.com/send");
  EXPECT_EQ(loaded.options.auth.factors.text_countries, std::vector<std::string>{"+43"});
  EXPECT_EQ(loaded.options.text_messages.networks.size(), 1U);
  EXPECT_EQ(loaded.options.feed_interval, std::chrono::minutes(120));
}

TEST(Configuration, SyntaxErrorHasItsLine) {
  const Loaded loaded = load("[server]\ndata = \n");
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(loaded.problems.front().line, 2U);
}

TEST(Configuration, ContradictionsAreFound) {
  std::string text(kSmall);
  text.insert(text.find("[[inbox]]"), "message_bytes_max = 100000\nmemory_in_flight_max = 165535\n");
  const Loaded loaded = load(text);
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_NE(loaded.problems.front().text.find("memory_in_flight_max"), std::string::npos);
}

TEST(Configuration, AnAddressInTwoInboxesIsAnError) {
  const std::string second = std::string(kSmall) + "[[inbox]]\nworkspace=\"b\"\naddresses=[\"{}\"]\n";
  EXPECT_TRUE(load(fmt::format(fmt::runtime(second), "sales@example.com")).ok());
  for (const char* address : {"support@example.com", "Support@EXAMPLE.com", "@HELP.example.com"}) {
    EXPECT_FALSE(load(fmt::format(fmt::runtime(second), address)).ok()) << address << ": the directory ignores case, so serve would refuse";
  }
}

std::string with_option(std::string_view table, std::string_view key, std::string_view value) {
  std::string text(kSmall);
  const std::string head = fmt::format("[{}]\n", table);
  const auto at = text.find(head);
  const std::string line = fmt::format("{} = {}\n", key, value);
  if (at == std::string::npos) return text.insert(text.find("[[inbox]]"), head + line);
  return text.insert(at + head.size(), line);
}

// What `postern check` calls good is what the product can run with: a zero that means nothing special is an error.
TEST(Configuration, EveryNumberHasBoundsAndZeroIsRefusedUnlessItMeansSomething) {
  std::size_t numbers = 0;
  for (const auto& field : fields()) {
    GatewayOptions options;
    const auto set = [&](auto value) { return field.set(Value{value, 1}, options); };
    const auto shown = field.show(options);
    if (shown.find_first_not_of("0123456789.") != std::string::npos) continue;
    ++numbers;
    EXPECT_TRUE(set(std::int64_t{-1})) << field.key;
    EXPECT_TRUE(set(INT64_MAX)) << field.key;
    if (shown.find('.') != std::string::npos) {
      EXPECT_TRUE(set(std::numeric_limits<double>::quiet_NaN())) << field.key;
    }
    const bool zero_has_a_meaning = field.comment.find("0: ") != std::string_view::npos || field.comment.find("0 to ") != std::string_view::npos;
    EXPECT_EQ(!set(std::int64_t{0}), zero_has_a_meaning) << field.table << '.' << field.key;
  }
  EXPECT_GT(numbers, 25U);
}

TEST(Configuration, ValuesThatNothingCanRunWithAreErrorsOfTheirLine) {
  const auto wrong = [](std::string_view table, std::string_view key, std::string_view value) {
    const Loaded loaded = load(with_option(table, key, value));
    return loaded.problems.size() == 1 && loaded.problems.front().text.find(key) != std::string::npos;
  };
  EXPECT_TRUE(wrong("tickets", "retry_first_minutes", "0")) << "a tight loop for five days";
  EXPECT_TRUE(wrong("tickets", "retry_first_minutes", "300")) << "above retry_max_minutes";
  EXPECT_TRUE(wrong("auth", "session_idle_max_minutes", "0")) << "nobody could sign in";
  EXPECT_TRUE(wrong("web", "page_size_max", "0")) << "every list would fail";
  EXPECT_TRUE(wrong("web", "page_size_max", "101"));
  EXPECT_TRUE(wrong("server", "node", "16"));
  EXPECT_TRUE(wrong("server", "hostname", "\"\""));
  EXPECT_TRUE(wrong("delivery", "relay", "\"mail.example.com\"")) << "no port";
  EXPECT_TRUE(wrong("delivery", "relay", "\"mail.example.com:0\""));
  EXPECT_TRUE(load(with_option("delivery", "relay", "\"mail.example.com:25\"")).ok());
  EXPECT_TRUE(load(with_option("delivery", "relay", "\"192.0.2.1:25\"")).ok());
  EXPECT_TRUE(load(with_option("delivery", "relay", "\"[2001:db8::1]:25\"")).ok());
}

TEST(Configuration, RedactionSettingsAreChecked) {
  const auto complaint = [](std::string_view key, std::string_view value) {
    const Loaded loaded = load(with_option("redaction", key, value));
    return loaded.ok() ? std::string() : loaded.problems.front().text;
  };
  EXPECT_NE(complaint("on_unreadable", "\"delete\"").find("keep, replace, suspend"), std::string::npos);
  EXPECT_NE(complaint("ocr_program", "\"tesseract\"").find("path"), std::string::npos);
  EXPECT_NE(complaint("ocr_languages", "\"eng; rm\"").find("eng+deu"), std::string::npos);
  EXPECT_NE(complaint("scanned_bytes_max", "65536").find("part_bytes_max"), std::string::npos);
  EXPECT_NE(complaint("document_max_ms", "5").find("outside"), std::string::npos);
  const Loaded good = load(with_option("redaction", "on_unreadable", "\"suspend\""));
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good.options.pipeline.redaction_options.on_unreadable, pipeline::UnreadableFile::kSuspend);
  EXPECT_NE(render(good.options).find("\non_unreadable = \"suspend\""), std::string::npos);
}

TEST(Configuration, HowLongHeldMailWaitsIsBounded) {
  const auto wrong = [](std::string_view key, std::string_view value) { return !load(with_option("pipeline", key, value)).ok(); };
  EXPECT_TRUE(wrong("suspended_days", "0"));
  EXPECT_TRUE(wrong("suspended_days", "91")) << "above suspended_days_max";
  EXPECT_TRUE(wrong("suspended_days_max", "366"));
  EXPECT_EQ(load(with_option("pipeline", "suspended_days", "30")).options.ticketing.suspended_days, 30U);
}

TEST(Configuration, LimitsOfTheRulesBenchAreOptions) {
  const auto wrong = [](std::string_view key, std::string_view value) { return !load(with_option("redaction", key, value)).ok(); };
  EXPECT_TRUE(wrong("rule_versions_max", "2")) << "the one in force, the one before it, and one to come";
  EXPECT_TRUE(wrong("counts_retention_days", "0"));
  EXPECT_TRUE(wrong("replay_messages_max", "1"));
  EXPECT_TRUE(wrong("replay_bytes_max", "1"));
  EXPECT_TRUE(wrong("replay_max_minutes", "0"));
  EXPECT_TRUE(wrong("replays_max", "17"));
  EXPECT_TRUE(wrong("purge_interval_seconds", "0"));
  const auto with = [](std::string_view key, std::string_view value) { return load(with_option("redaction", key, value)).options.ticketing; };
  EXPECT_EQ(with("rule_versions_max", "3").rule_sets.versions_max, 3U);
  EXPECT_EQ(with("counts_retention_days", "7").findings.retention_days, 7U);
  EXPECT_EQ(with("replay_messages_max", "1000").replays.messages_max, 1000U);
  EXPECT_EQ(with("replay_bytes_max", "1048576").replays.bytes_max, 1U << 20U);
  EXPECT_EQ(with("replay_max_minutes", "1").replays.time_max, std::chrono::minutes(1));
  EXPECT_EQ(with("replays_max", "1").replays.running_max, 1U);
  EXPECT_EQ(with("purge_interval_seconds", "1").purge_interval, std::chrono::seconds(1));
}

// `postern check` reads what the configuration names.
TEST(Configuration, AMissingRecognitionProgramIsAnError) {
  const auto mentions = [](std::string_view program) {
    const Loaded loaded = load_text("/etc/postern.toml", with_option("redaction", "ocr_program", program), true);
    return std::ranges::any_of(loaded.problems, [](const Problem& problem) { return problem.text.starts_with("redaction.ocr_program"); });
  };
  EXPECT_TRUE(mentions("\"/nonexistent/tesseract\""));
  EXPECT_TRUE(mentions("\"/etc/passwd\"")) << "not executable";
  EXPECT_TRUE(mentions("\"/bin\"")) << "a folder";
  EXPECT_FALSE(mentions("\"/bin/sh\""));
}

// One option, several modules.
TEST(Configuration, PageSizeAndConcurrencyHoldEverywhere) {
  const GatewayOptions small = load(with_option("web", "page_size_max", "10")).options;
  EXPECT_EQ(small.ticketing.page_size_max, 10U);
  EXPECT_LE(small.web.page_size_default, 10U);
  const GatewayOptions busy = load(with_option("delivery", "concurrency_max", "500")).options;
  EXPECT_GT(busy.delivery.claimed_max, 500U);
}

TEST(Configuration, RenderedFileLoadsToTheSameOptions) {
  const Loaded loaded = load(kSmall);
  const std::string text = render(loaded.options);
  const Loaded again = load(text);
  ASSERT_TRUE(again.ok()) << again.problems.front().to_string() << "\n" << text;
  for (const auto& field : fields()) EXPECT_EQ(field.show(again.options), field.show(loaded.options)) << field.key;
  EXPECT_EQ(again.options.ticketing.inboxes.front().addresses, loaded.options.ticketing.inboxes.front().addresses);
}

// Every option that the default file shows as a comment can be uncommented as it stands.
TEST(Configuration, EveryShownDefaultIsAccepted) {
  std::string text = render(load(kSmall).options);
  std::string active;
  std::size_t options = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    if (line.starts_with("# ") && line.find(" = ") != std::string::npos && line.find(' ', 2) == line.find(" = ")) {
      line.erase(0, 2);
      ++options;
    }
    active += line + '\n';
    at = end + 1;
  }
  const Loaded loaded = load(active);
  EXPECT_TRUE(loaded.ok()) << (loaded.ok() ? "" : loaded.problems.front().to_string());
  EXPECT_GT(options, 20U);
}

// What a reload compares: nobody may believe a change that waits for a restart.
TEST(Configuration, ChangedSettingsAreNamed) {
  const GatewayOptions before = load(kSmall).options;
  EXPECT_EQ(changed_settings(before, load(kSmall).options), std::vector<std::string>());
  const GatewayOptions certificate = load(with_option("web", "certificate_file", "\"tls/other.pem\"")).options;
  EXPECT_EQ(changed_settings(before, certificate), std::vector<std::string>{"web.certificate_file"});
  std::string text(kSmall);
  text.replace(text.find("@help.example.com"), 5, "@desk");
  EXPECT_EQ(changed_settings(before, load(text).options), std::vector<std::string>{"inbox"});
  const GatewayOptions more = load(std::string(kSmall) + "[[inbox]]\nworkspace=\"b\"\naddresses=[\"b@example.com\"]\n").options;
  EXPECT_EQ(changed_settings(before, more), std::vector<std::string>{"inbox"});
  EXPECT_EQ(changed_settings(more, before), std::vector<std::string>{"inbox"});
}

TEST(Configuration, EveryOptionIsDocumentedAndNamedOnce) {
  std::set<std::string> seen;
  for (const auto& field : fields()) {
    EXPECT_FALSE(field.comment.empty()) << field.key;
    EXPECT_TRUE(seen.insert(std::string(field.table) + "." + std::string(field.key)).second) << field.key;
  }
}

}  // namespace
}  // namespace postern::conf
