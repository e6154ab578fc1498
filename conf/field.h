#pragma once
// conf/field.h: one option as data: where it stands, what it is for, its bounds, how it is set and shown. Loading,
// unknown-key checks and the commented default file all come from the same table, so they cannot disagree.
// A number cannot be declared without bounds: what `postern check` calls good is a value that the product can run with.
#include <fmt/format.h>

#include <chrono>
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "conf/value.h"
#include "net/ip.h"
#include "pipeline/options.h"

namespace postern::conf {

using Complaint = std::optional<std::string>;  // what is wrong with a value; nullopt when nothing

// How one C++ type is read from and written as TOML. `set` checks form and bounds.
Complaint set_value(const Value& value, bool& into);
Complaint set_value(const Value& value, std::string& into);
Complaint set_value(const Value& value, std::vector<std::string>& into);
Complaint set_value(const Value& value, net::Endpoint& into);
Complaint set_value(const Value& value, std::vector<net::Endpoint>& into);
Complaint set_value(const Value& value, std::vector<net::IpNetwork>& into);
Complaint set_value(const Value& value, std::filesystem::path& into);
Complaint set_value(const Value& value, pipeline::UnreadableFile& into);
std::string show_value(bool value);
std::string show_value(double value);
std::string show_value(const std::string& value);
std::string show_value(const std::vector<std::string>& value);
std::string show_value(const net::Endpoint& value);
std::string show_value(const std::vector<net::Endpoint>& value);
std::string show_value(const std::vector<net::IpNetwork>& value);
std::string show_value(const std::filesystem::path& value);
std::string show_value(pipeline::UnreadableFile value);

// What a number may be, both ends included.
struct Bounds {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

template <class T>
struct IsNumber : std::bool_constant<std::is_arithmetic_v<T> && !std::is_same_v<T, bool>> {};
template <class Rep, class Period>
struct IsNumber<std::chrono::duration<Rep, Period>> : std::true_type {};

Complaint set_number(const Value& value, Bounds bounds, std::int64_t& into);
Complaint set_number(const Value& value, Bounds bounds, double& into);

template <std::unsigned_integral T>
Complaint set_number(const Value& value, Bounds bounds, T& into) {
  std::int64_t number = 0;
  if (auto wrong = set_number(value, bounds, number)) return wrong;
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
Complaint set_number(const Value& value, Bounds bounds, std::chrono::duration<Rep, Period>& into) {
  std::int64_t number = 0;
  if (auto wrong = set_number(value, bounds, number)) return wrong;
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

template <class Options, class Access>
using MemberOf = std::remove_cvref_t<std::invoke_result_t<Access, Options&>>;

// `access` takes Options& and returns a reference to the member.
template <class Options, class Access>
  requires(!IsNumber<MemberOf<Options, Access>>::value)
Field<Options> field(std::string_view table, std::string_view key, std::string_view comment, Access access) {
  return {table, key, comment,
          [access](const Value& value, Options& options) { return set_value(value, access(options)); },
          [access](const Options& options) { return show_value(access(const_cast<Options&>(options))); }};
}

template <class Options, class Access>
  requires(IsNumber<MemberOf<Options, Access>>::value)
Field<Options> field(std::string_view table, std::string_view key, std::string_view comment, Access access, Bounds bounds) {
  return {table, key, comment,
          [access, bounds](const Value& value, Options& options) { return set_number(value, bounds, access(options)); },
          [access](const Options& options) { return show_value(access(const_cast<Options&>(options))); }};
}

}  // namespace postern::conf
