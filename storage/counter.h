#pragma once
// storage/counter.h: the value of a counter key (Transaction::add, raise): one tag byte, then 8 bytes big-endian. A
// merge operand has the same form as the value, so merging is associative and a value explains itself. Errors: values
// of another form decode to nullopt.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::storage {

// Never renumber: these bytes are on disk.
enum class CounterKind : unsigned char { kSum = 0x01, kMaximum = 0x02 };

std::string encode_sum(std::int64_t value);
std::string encode_maximum(std::uint64_t value);
std::optional<std::int64_t> decode_sum(std::string_view value);
std::optional<std::uint64_t> decode_maximum(std::string_view value);
// `existing` empty: absent. nullopt when the two are of different kinds or malformed.
std::optional<std::string> merge_counter(std::optional<std::string_view> existing, std::string_view operand);

}  // namespace postern::storage
