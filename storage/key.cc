#include "storage/key.h"

namespace postern::storage {
namespace {

constexpr char kEscape = '\x00';
constexpr char kEscapedZero = '\xff';
constexpr char kEnd = '\x01';

void append_u64(std::string& out, std::uint64_t value) {
  char bytes[8];
  for (int i = 7; i >= 0; --i, value >>= 8U) bytes[i] = static_cast<char>(value & 0xffU);
  out.append(bytes, sizeof bytes);
}

}  // namespace

KeyBuilder::KeyBuilder(core::WorkspaceId workspace, Space space) {
  out_.reserve(32);
  append_u64(out_, workspace.value);
  out_ += static_cast<char>(space);
}

KeyBuilder& KeyBuilder::u64(std::uint64_t value) {
  append_u64(out_, value);
  return *this;
}

KeyBuilder& KeyBuilder::u64_descending(std::uint64_t value) { return u64(~value); }

KeyBuilder& KeyBuilder::text(std::string_view value) {
  for (char c : value) {
    out_ += c;
    if (c == kEscape) out_ += kEscapedZero;
  }
  out_ += kEscape;
  out_ += kEnd;
  return *this;
}

KeyReader::KeyReader(std::string_view key) : rest_(key) {
  workspace_.value = u64();
  if (rest_.empty()) {
    ok_ = false;
    return;
  }
  space_ = static_cast<Space>(static_cast<unsigned char>(rest_.front()));
  rest_.remove_prefix(1);
}

std::uint64_t KeyReader::u64() {
  if (!ok_ || rest_.size() < 8) {
    ok_ = false;
    return 0;
  }
  std::uint64_t value = 0;
  for (char c : rest_.substr(0, 8)) value = value << 8U | static_cast<unsigned char>(c);
  rest_.remove_prefix(8);
  return value;
}

std::uint64_t KeyReader::u64_descending() {
  const std::uint64_t value = u64();
  return ok_ ? ~value : 0;
}

std::string KeyReader::text() {
  std::string out;
  for (std::size_t i = 0; ok_ && i + 1 < rest_.size(); ++i) {
    if (rest_[i] != kEscape) {
      out += rest_[i];
      continue;
    }
    const char next = rest_[++i];
    if (next == kEnd) {
      rest_.remove_prefix(i + 1);
      return out;
    }
    if (next != kEscapedZero) break;
    out += kEscape;
  }
  ok_ = false;
  return {};
}

std::string prefix_end(std::string_view prefix) {
  std::string out(prefix);
  while (!out.empty() && out.back() == '\xff') out.pop_back();
  if (!out.empty()) out.back() = static_cast<char>(static_cast<unsigned char>(out.back()) + 1U);
  return out;
}

}  // namespace postern::storage
