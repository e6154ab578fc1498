#include "conf/field.h"

#include <algorithm>

namespace postern::conf {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

template <class T, class Show>
std::string list(const std::vector<T>& values, Show show) {
  std::string out = "[";
  for (const T& value : values) {
    if (out.size() > 1) out += ", ";
    out += quoted(show(value));
  }
  return out + "]";
}

constexpr std::string_view kUnreadableWords[] = {"keep", "replace", "suspend"};  // in the order of UnreadableFile

template <class T>
Complaint set_parsed_list(const Value& value, std::vector<T>& into, std::string_view form) {
  std::vector<std::string> words;
  if (auto wrong = set_value(value, words)) return wrong;
  std::vector<T> parsed;
  for (const std::string& word : words) {
    auto one = T::parse(word);
    if (!one) return fmt::format("\"{}\" is not {}", word, form);
    parsed.push_back(*one);
  }
  into = std::move(parsed);
  return std::nullopt;
}

}  // namespace

Complaint set_value(const Value& value, bool& into) {
  const auto* flag = std::get_if<bool>(&value.data);
  if (flag == nullptr) return "must be true or false";
  into = *flag;
  return std::nullopt;
}

Complaint set_value(const Value& value, std::string& into) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return "must be a text in quotes";
  into = *text;
  return std::nullopt;
}

Complaint set_value(const Value& value, std::vector<std::string>& into) {
  const auto* items = std::get_if<std::vector<std::string>>(&value.data);
  if (items == nullptr) return "must be a list of texts: [\"…\", \"…\"]";
  into = *items;
  return std::nullopt;
}

Complaint set_value(const Value& value, net::Endpoint& into) {
  std::string text;
  if (auto wrong = set_value(value, text)) return wrong;
  auto endpoint = net::Endpoint::parse(text);
  if (!endpoint) return fmt::format("\"{}\" is not an address and port such as 0.0.0.0:25 or [::]:25", text);
  into = *endpoint;
  return std::nullopt;
}

Complaint set_value(const Value& value, std::vector<net::Endpoint>& into) {
  return set_parsed_list(value, into, "an address and port such as 0.0.0.0:25 or [::]:25");
}

Complaint set_value(const Value& value, std::vector<net::IpNetwork>& into) {
  return set_parsed_list(value, into, "an address or network such as 192.0.2.0/24");
}

Complaint set_value(const Value& value, std::filesystem::path& into) {
  std::string text;
  if (auto wrong = set_value(value, text)) return wrong;
  into = text;
  return std::nullopt;
}

Complaint set_value(const Value& value, pipeline::UnreadableFile& into) {
  std::string text;
  if (auto wrong = set_value(value, text)) return wrong;
  const auto* word = std::ranges::find(kUnreadableWords, text);
  if (word == std::end(kUnreadableWords)) return fmt::format("\"{}\" is none of keep, replace, suspend", text);
  into = static_cast<pipeline::UnreadableFile>(word - std::begin(kUnreadableWords));
  return std::nullopt;
}

Complaint set_number(const Value& value, Bounds bounds, std::int64_t& into) {
  const auto* number = std::get_if<std::int64_t>(&value.data);
  if (number == nullptr) return "must be a whole number";
  if (*number < bounds.least || *number > bounds.most) {
    return fmt::format("{} is outside {} to {}", *number, bounds.least, bounds.most);
  }
  into = *number;
  return std::nullopt;
}

Complaint set_number(const Value& value, Bounds bounds, double& into) {
  double number = 0;
  if (const auto* real = std::get_if<double>(&value.data)) {
    number = *real;
  } else if (const auto* integer = std::get_if<std::int64_t>(&value.data)) {
    number = static_cast<double>(*integer);
  } else {
    return "must be a number";
  }
  // Written so that TOML's nan is outside too.
  if (!(number >= static_cast<double>(bounds.least) && number <= static_cast<double>(bounds.most))) {
    return fmt::format("{} is outside {} to {}", number, bounds.least, bounds.most);
  }
  into = number;
  return std::nullopt;
}

std::string show_value(bool value) { return value ? "true" : "false"; }
std::string show_value(double value) { return fmt::format("{:.1f}", value); }
std::string show_value(const std::string& value) { return quoted(value); }
std::string show_value(const std::vector<std::string>& value) {
  return list(value, [](const std::string& item) { return item; });
}
std::string show_value(const net::Endpoint& value) { return quoted(value.to_string()); }
std::string show_value(const std::vector<net::Endpoint>& value) {
  return list(value, [](const net::Endpoint& item) { return item.to_string(); });
}
std::string show_value(const std::vector<net::IpNetwork>& value) {
  return list(value, [](const net::IpNetwork& item) { return item.to_string(); });
}
std::string show_value(const std::filesystem::path& value) { return quoted(value.string()); }
std::string show_value(pipeline::UnreadableFile value) {
  return quoted(std::string(kUnreadableWords[static_cast<std::size_t>(value)]));
}

}  // namespace postern::conf
