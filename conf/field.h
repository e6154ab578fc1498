#pragma once
// conf/field.h: one option as data: where it stands, what it is for, how it is set and shown. Loading, unknown-key
// checks and the commented default file all come from the same table, so they cannot disagree.
#include <fmt/format.h>

#include <chrono>
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/value.h"
#include "net/ip.h"

namespace postern::conf {

using Complaint = std::optional<std::string>;  // what is wrong with a value; nullopt when nothing

// How one C++ type is read from and written as TOML. `set` checks form and bounds.
Complaint set_value(const Value& value, bool& into);
Complaint set_value(const Value& value, double& into);
Complaint set_value(const Value& value, std::string& into);
Complaint set_value(const Value& value, std::vector<std::string>& into);
Complaint set_value(const Value& value, net::Endpoint& into);
Complaint set_value(const Value& value, std::vector<net::Endpoint>& into);
Complaint set_value(const Value& value, std::vector<net::IpNetwork>& into);
Complaint set_value(const Value& value, std::filesystem::path& into);
Complaint set_integer(const Value& value, std::int64_t least, std::int64_t most, std::int64_t& into);
std::string show_value(bool value);
std::string show_value(double value);
std::string show_value(const std::string& value);
std::string show_value(const std::vector<std::string>& value);
std::string show_value(const net::Endpoint& value);
std::string show_value(const std::vector<net::Endpoint>& value);
std::string show_value(const std::vector<net::IpNetwork>& value);
std::string show_value(const std::filesystem::path& value);

template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>)
Complaint set_value(const Value& value, T& into) {
  std::int64_t number = 0;
  constexpr auto kMost = sizeof(T) >= 8 ? INT64_MAX : static_cast<std::int64_t>(static_cast<T>(-1));
  if (auto wrong = set_integer(value, 0, kMost, number)) return wrong;
  into = static_cast<T>(number);
  return std::nullopt;
}
template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>)
std::string show_value(T value) {
  return std::to_string(value);
}

// Durations are whole numbers in the unit that the option's name ends with.
template <class Rep, class Period>
Complaint set_value(const Value& value, std::chrono::duration<Rep, Period>& into) {
  std::int64_t number = 0;
  if (auto wrong = set_integer(value, 0, 1'000'000'000, number)) return wrong;
  into = std::chrono::duration<Rep, Period>(static_cast<Rep>(number));
  return std::nullopt;
}
template <class Rep, class Period>
std::string show_value(std::chrono::duration<Rep, Period> value) {
  return std::to_string(static_cast<std::int64_t>(value.count()));
}

template <class Options>
struct Field {
  std::string_view table;
  std::string_view key;
  std::string_view comment;  // lines of the default file, separated by \n
  std::function<Complaint(const Value&, Options&)> set;
  std::function<std::string(const Options&)> show;
};

// `access` takes Options& and returns a reference to the member.
template <class Options, class Access>
Field<Options> field(std::string_view table, std::string_view key, std::string_view comment, Access access) {
  return {table, key, comment,
          [access](const Value& value, Options& options) { return set_value(value, access(options)); },
          [access](const Options& options) { return show_value(access(const_cast<Options&>(options))); }};
}

}  // namespace postern::conf
