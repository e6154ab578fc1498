// user, token, queue, suspended and trace: verbs that act through the control socket or on the store.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <iostream>
#include <set>

#include "app/operator_commands.h"
#include "app/verbs/make.h"
#include "app/verbs/stepwise.h"
#include "app/verdict_text.h"

namespace postern::app {
namespace {

std::string cell(const Json& value) {
  if (value.is_string()) return for_terminal(std::string_view(value.as_string()));
  if (value.is_null()) return "-";
  if (value.is_double()) return fmt::format("{:.2f}", value.as_double());  // the serialiser writes 2E0
  return boost::json::serialize(value);
}

// A list as lines of "name=value" columns, the columns given.
void print_rows(const Output& output, const JsonArray& rows, const std::vector<const char*>& columns) {
  for (const Json& row : rows) {
    std::string line;
    for (const char* column : columns) {
      if (!line.empty()) line += "  ";
      line += cell(row.as_object().at(column));
    }
    output.line(line);
  }
}

class OperatorVerb : public Verb {
 protected:
  int send(const Output& output, JsonObject request, Json& answer) const {
    auto got = run_from_command_line(config_, Json(std::move(request)));
    if (!got) return output.problem(got.error());
    answer = std::move(*got);
    if (output.as_json()) output.json(answer);
    return kExitOk;
  }
  void declare_config(Arguments& arguments) { arguments.option("config", config_, "configuration file", true); }
  std::string config_;
};

class UserVerb final : public OperatorVerb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("action", action_, "list, invite, reset, reset-2fa, unlock, inboxes, import-hash, disable or enable");
    arguments.positional("email", email_, "whose account", false);
    arguments.positionals("inbox", inboxes_, "of inboxes: all, none, or the addresses of those in which an agent works");
    arguments.option("name", name_, "name of the invited person");
    arguments.option("role", role_, "light-agent, agent (default), admin or owner");
    arguments.option("workspace", workspace_, "needed when there are several");
    declare_config(arguments);
  }
  int run(const Output& output) override {
    static const std::set<std::string> known{"list", "invite", "reset", "reset-2fa", "unlock", "inboxes", "import-hash", "disable", "enable"};
    if (!known.contains(action_)) return output.usage("user: the action is list, invite, reset, reset-2fa, unlock, inboxes, import-hash, disable or enable");
    if (action_ == "inboxes" && inboxes_.empty()) return output.usage("user inboxes: all, none, or the addresses of inboxes");
    if (action_ != "list" && email_.empty()) return output.usage("user: whose account? give an e-mail address");
    JsonObject request{{"command", "user." + action_}, {"email", email_}, {"name", name_}, {"role", role_}, {"workspace", workspace_}};
    if (action_ == "import-hash") {  // from standard input: other people see command lines
      std::string hash;
      std::getline(std::cin, hash);
      request["hash"] = hash;
    }
    if (action_ == "inboxes") request["inboxes"] = JsonArray(inboxes_.begin(), inboxes_.end());
    Json answer;
    const int code = send(output, std::move(request), answer);
    if (code != kExitOk || output.as_json()) return code;
    if (action_ == "list") {
      print_rows(output, answer.at("users").as_array(), {"email", "role", "name", "disabled", "created_at"});
    } else if (action_ == "invite" || action_ == "reset") {
      output.line(fmt::format("{} can set a password once, within 24 hours, at {}", email_, cell(answer.at("link"))));
    } else if (action_ == "reset-2fa") {
      output.line(fmt::format("{}: second factors, remembered devices and sessions are gone", email_));
    } else if (action_ == "import-hash") {
      output.line(fmt::format("{}: the hash is stored; the first sign-in replaces it", email_));
    } else if (action_ == "inboxes") {
      output.line(fmt::format("{}: {}", email_, cell(answer.at("inboxes"))));
    } else if (action_ == "unlock") {
      output.line(fmt::format("{}: unlocked", email_));
    } else {
      output.line(fmt::format("{}: {}d", email_, action_));
    }
    return kExitOk;
  }

 private:
  std::string action_, email_, name_, role_, workspace_;
  std::vector<std::string> inboxes_;
};

class NetworkVerb final : public OperatorVerb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("action", action_, "show or allow-all");
    arguments.option("workspace", workspace_, "needed when there are several");
    declare_config(arguments);
  }
  int run(const Output& output) override {
    if (action_ != "show" && action_ != "allow-all") return output.usage("network: the action is show or allow-all");
    Json answer;
    const int code = send(output, {{"command", "network." + action_}, {"workspace", workspace_}}, answer);
    if (code != kExitOk || output.as_json()) return code;
    const JsonArray& allowed = answer.at("allowed").as_array();
    if (allowed.empty()) output.line("people come in from everywhere");
    for (const Json& each : allowed) output.line(cell(each));
    return kExitOk;
  }

 private:
  std::string action_, workspace_;
};

class WorkspaceVerb final : public OperatorVerb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("action", action_, "list, sample or wipe");
    arguments.positional("name", name_, "of the workspace", false);
    arguments.option("confirm", confirm_, "of wipe: its name once more, for a wipe cannot be undone");
    arguments.option("tickets", tickets_, "of sample: how many (default: each conversation once)");
    declare_config(arguments);
  }
  int run(const Output& output) override {
    if (action_ != "list" && action_ != "wipe" && action_ != "sample") return output.usage("workspace: the action is list, sample or wipe");
    if (action_ == "sample") return bring_sample(output);
    if (action_ == "wipe" && (name_.empty() || confirm_ != name_)) return output.usage("workspace wipe NAME --confirm NAME: the name, twice");
    Json answer;
    const int code = send(output, {{"command", "workspace." + action_}, {"name", name_}, {"confirm", confirm_}}, answer);
    if (code != kExitOk || output.as_json()) return code;
    if (action_ == "list") print_rows(output, answer.at("workspaces").as_array(), {"name", "inboxes"});
    else output.line(fmt::format("{}: nothing of it can be read any more. Restart the server to begin anew under this name.", name_));
    return kExitOk;
  }

 private:
  // An import like others, of what stands in the program itself.
  int bring_sample(const Output& output) const {
    const JsonObject begin{{"command", "import.begin"}, {"kind", "sample"}, {"path", tickets_}, {"workspace", name_}};
    const auto next = [this](const Json& answer) -> std::optional<Json> {
      if (answer.at("state").as_string() == "finished") return std::nullopt;
      return Json(JsonObject{{"command", "import.step"}, {"import", answer.at("import")}, {"workspace", name_}});
    };
    const auto got = run_stepwise(config_, Json(begin), next);
    if (!got) return output.problem(got.error());
    if (output.as_json()) return output.json(*got), kExitOk;
    const auto count = [&got](std::string_view what) { return got->at(what).to_number<std::uint64_t>(); };
    if (count("tickets") == 0) return output.line("nothing new: the sample is here already"), kExitOk;
    output.line(fmt::format("{} tickets with {} comments of {} people, all with the tag \"sample\"", count("tickets"), count("comments"), count("people")));
    output.line("to be rid of them: search for tags:sample, select all, delete");
    return kExitOk;
  }

  std::string action_, name_, confirm_, tickets_;
};

class TokenVerb final : public OperatorVerb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("action", action_, "list, new or revoke");
    arguments.positional("email", email_, "whose token");
    arguments.positional("id", id_, "of the token to revoke", false);
    arguments.option("description", description_, "what the token is for");
    arguments.number("days", days_, "valid for so many days (default: until revoked)");
    declare_config(arguments);
  }
  int run(const Output& output) override {
    Json answer;
    if (action_ == "new") {
      const int code = send(output, {{"command", "token.create"}, {"email", email_}, {"description", description_}, {"days", days_}}, answer);
      if (code == kExitOk && !output.as_json()) output.line(fmt::format("{}\nThis is shown once. Use it as: Authorization: Bearer …", cell(answer.at("secret"))));
      return code;
    }
    if (action_ == "list") {
      const int code = send(output, {{"command", "token.list"}, {"email", email_}}, answer);
      if (code == kExitOk && !output.as_json()) print_rows(output, answer.at("tokens").as_array(), {"id", "description", "created_at", "last_used_at", "expires_at"});
      return code;
    }
    if (action_ == "revoke") {
      std::uint64_t id = 0;
      const char* end = id_.data() + id_.size();
      const auto [at, wrong] = std::from_chars(id_.data(), end, id);
      if (wrong != std::errc() || at != end || id == 0) return output.usage("token revoke: give the token's id (see token list)");
      const int code = send(output, {{"command", "token.revoke"}, {"email", email_}, {"id", id}}, answer);
      if (code == kExitOk && !output.as_json()) output.line("revoked " + id_);
      return code;
    }
    return output.usage("token: the action is list, new or revoke");
  }

 private:
  std::string action_, email_, id_, description_;
  std::uint64_t days_ = 0;
};

class QueueVerb final : public OperatorVerb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("action", action_, "list, retry, hold, release or drop");
    arguments.positional("id", id_, "of the entry", false);
    declare_config(arguments);
  }
  int run(const Output& output) override {
    static const std::set<std::string> known{"list", "retry", "hold", "release", "drop"};
    if (!known.contains(action_)) return output.usage("queue: the action is list, retry, hold, release or drop");
    if (action_ != "list" && id_.empty()) return output.usage("queue: which entry? give its id (see queue list)");
    Json answer;
    const int code = send(output, {{"command", "queue." + action_}, {"id", id_}}, answer);
    if (code != kExitOk || output.as_json()) return code;
    if (action_ != "list") {
      output.line(fmt::format("{}: {}", id_, action_));
      return kExitOk;
    }
    const JsonArray& rows = answer.at("queue").as_array();
    if (rows.empty()) output.line("the queue is empty");
    print_rows(output, rows, {"id", "ticket", "purpose", "rcpt", "attempts", "held", "due_at", "last_reply"});
    return kExitOk;
  }

 private:
  std::string action_, id_;
};

class SuspendedVerb final : public OperatorVerb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("action", action_, "list, show, recover or delete");
    arguments.positional("id", id_, "of the message", false);
    arguments.number("limit", limit_, "list: at most so many (default 200)");
    arguments.option("before", before_, "list: those older than this id");
    declare_config(arguments);
  }
  int run(const Output& output) override {
    static const std::set<std::string> known{"list", "show", "recover", "delete"};
    if (!known.contains(action_)) return output.usage("suspended: the action is list, show, recover or delete");
    if (action_ != "list" && id_.empty()) return output.usage("suspended: which message? give its id (see suspended list)");
    Json answer;
    const int code = send(output, {{"command", "suspended." + action_}, {"id", id_}, {"limit", limit_}, {"before", before_}}, answer);
    if (code != kExitOk || output.as_json()) return code;
    if (action_ == "list") print_list(output, answer);
    if (action_ == "show") print_message(output, answer);
    if (action_ == "recover") output.line(fmt::format("{}: now in ticket {}", id_, cell(answer.at("ticket"))));
    if (action_ == "delete") output.line(id_ + ": deleted");
    return kExitOk;
  }

 private:
  static void print_list(const Output& output, const Json& answer) {
    const JsonArray& rows = answer.at("suspended").as_array();
    if (rows.empty()) output.line("no message is held back");
    print_rows(output, rows, {"id", "at", "inbox", "from", "cause", "spam_score", "subject"});
    if (answer.at("has_more").as_bool()) output.line(fmt::format("… and older ones: --before {}", cell(rows.back().at("id"))));
  }

  static void print_message(const Output& output, const Json& answer) {
    for (const char* key : {"id", "at", "inbox", "from", "subject", "cause", "spf", "dmarc", "spam_score"}) {
      output.line(fmt::format("{:<12}{}", key, cell(answer.at(key))));
    }
    for (const Json& one : answer.at("symbols").as_array()) {
      output.line(fmt::format("{:<12}{} {}", "symbol", cell(one.at("name")), cell(one.at("weight"))));
    }
    for (const Json& one : answer.at("attachments").as_array()) {
      output.line(fmt::format("{:<12}{} ({}, {} bytes)", "attachment", cell(one.at("name")), cell(one.at("content_type")), cell(one.at("size"))));
    }
    output.line("");
    std::string_view text = answer.at("text").as_string();
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      output.line(for_terminal(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  std::string action_, id_, before_;
  std::uint64_t limit_ = 200;
};

}  // namespace

std::unique_ptr<Verb> make_user_verb() { return std::make_unique<UserVerb>(); }
std::unique_ptr<Verb> make_network_verb() { return std::make_unique<NetworkVerb>(); }
std::unique_ptr<Verb> make_workspace_verb() { return std::make_unique<WorkspaceVerb>(); }
std::unique_ptr<Verb> make_token_verb() { return std::make_unique<TokenVerb>(); }
std::unique_ptr<Verb> make_queue_verb() { return std::make_unique<QueueVerb>(); }
std::unique_ptr<Verb> make_suspended_verb() { return std::make_unique<SuspendedVerb>(); }

}  // namespace postern::app
