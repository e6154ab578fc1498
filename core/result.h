#pragma once
// core/result.h: the one error idiom. A function that can fail returns Result<T>; what fails is an Error.
// Errors carry a code, whether a retry may help, and a short context that never holds user content.
// Exceptions are for start-up and bugs; cancellation is not an Error.
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace postern::core {

enum class Retry { kTransient, kPermanent };

// A failure. `context` names the place or the object (an id, a file name), never content of a message.
class Error {
 public:
  Error() = default;
  Error(boost::system::error_code code, Retry retry, std::string context = {})
      : code_(code), retry_(retry), context_(std::move(context)) {}

  const boost::system::error_code& code() const { return code_; }
  Retry retry() const { return retry_; }
  bool is_transient() const { return retry_ == Retry::kTransient; }
  const std::string& context() const { return context_; }
  // "category: message (context)", for logs and command-line output.
  std::string describe() const;

  template <class Enum>
    requires boost::system::is_error_code_enum<Enum>::value
  friend bool operator==(const Error& error, Enum code) {
    return error.code_ == code;
  }
  friend bool operator==(const Error&, const Error&) = default;

 private:
  boost::system::error_code code_;
  Retry retry_ = Retry::kPermanent;
  std::string context_;
};

[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};

template <>
class [[nodiscard]] Result<void> : public boost::system::result<void, Error> {
 public:
  using boost::system::result<void, Error>::result;
};

// Builds a permanent (fail) or transient (fail_transient) Error from a module's error enum.
template <class Enum>
Error fail(Enum code, std::string context = {}) {
  return Error(code, Retry::kPermanent, std::move(context));
}
template <class Enum>
Error fail_transient(Enum code, std::string context = {}) {
  return Error(code, Retry::kTransient, std::move(context));
}

// An error category for a module's enum; `Words` maps a value to its message. A module declares, in errc.h,
// `boost::system::error_code make_error_code(Errc)` and specialises boost::system::is_error_code_enum.
template <class Enum>
class EnumCategory final : public boost::system::error_category {
 public:
  using Words = std::string_view (*)(Enum);
  constexpr EnumCategory(const char* name, Words words) : name_(name), words_(words) {}
  const char* name() const noexcept override { return name_; }
  std::string message(int value) const override { return std::string(words_(static_cast<Enum>(value))); }

 private:
  const char* name_;
  Words words_;
};

}  // namespace postern::core

#define POSTERN_CONCAT_INNER(a, b) a##b
#define POSTERN_CONCAT(a, b) POSTERN_CONCAT_INNER(a, b)
#define POSTERN_TRY_STEP(tmp, ret, decl, ...)            \
  auto&& tmp = (__VA_ARGS__);                            \
  if (!tmp) ret std::forward<decltype(tmp)>(tmp).error(); \
  decl = *std::forward<decltype(tmp)>(tmp)
#define POSTERN_CHECK_STEP(tmp, ret, ...) \
  if (auto&& tmp = (__VA_ARGS__); !tmp) ret std::forward<decltype(tmp)>(tmp).error()

// POSTERN_TRY(auto x, expr): x = value, or return the error. Statement position only.
#define POSTERN_TRY(decl, ...) \
  POSTERN_TRY_STEP(POSTERN_CONCAT(postern_try_, __COUNTER__), return, decl, __VA_ARGS__)
#define POSTERN_CO_TRY(decl, ...) \
  POSTERN_TRY_STEP(POSTERN_CONCAT(postern_try_, __COUNTER__), co_return, decl, __VA_ARGS__)
// The same for Result<void>: POSTERN_CHECK(expr) returns on error.
#define POSTERN_CHECK(...) POSTERN_CHECK_STEP(POSTERN_CONCAT(postern_chk_, __COUNTER__), return, __VA_ARGS__)
#define POSTERN_CO_CHECK(...) POSTERN_CHECK_STEP(POSTERN_CONCAT(postern_chk_, __COUNTER__), co_return, __VA_ARGS__)
