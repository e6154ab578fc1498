#include <algorithm>
#include <array>

#include "pipeline/redaction/views/blocks.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

// Groups of two to five characters; "z" stands for four zero bytes.
template <class OnGroup>
void walk(std::string_view text, ByteRange data, OnGroup on_group) {
  std::array<std::size_t, 5> at{};
  std::size_t size = 0;
  for (std::size_t i = data.begin; i < data.end; ++i) {
    if (text[i] == 'z' && size == 0) {
      at[0] = i;
      on_group(at, 1);
      continue;
    }
    if (text[i] < '!' || text[i] > 'u') continue;
    at[size++] = i;
    if (size < 5) continue;
    on_group(at, size);
    size = 0;
  }
  if (size > 1) on_group(at, size);
}

std::size_t bytes_of(std::size_t size) { return size == 1 ? 4 : size - 1; }

void append_group(std::string_view text, const std::array<std::size_t, 5>& at, std::size_t size, std::string& out) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; size > 1 && i < 5; ++i) value = value * 85U + (i < size ? static_cast<std::uint32_t>(text[at[i]] - '!') : 84U);
  for (std::size_t i = 0; i < bytes_of(size); ++i) out.push_back(static_cast<char>(value >> (24U - 8U * i) & 0xFFU));
}

std::string encoded(std::string_view bytes, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  std::string out(5, '!');
  for (std::size_t i = 5; i-- > 0; value /= 85U) out[i] = static_cast<char>('!' + value % 85U);
  return out.substr(0, size == 1 ? 5 : size);
}

}  // namespace

void find_base85(std::string_view text, const BlockSink& sink) {
  for (std::size_t begin = text.find("<~"); begin != std::string_view::npos; begin = text.find("<~", begin + 2)) {
    const std::size_t end = text.find("~>", begin + 2);
    if (end == std::string_view::npos) return;
    const ByteRange data{begin + 2, end};
    std::string bytes;
    const WipedAtExit wiped(bytes);
    walk(text, data, [&](const std::array<std::size_t, 5>& at, std::size_t size) { append_group(text, at, size, bytes); });
    sink(data, bytes, [&](std::string_view now) {
      std::vector<Edit> edits;
      std::size_t done = 0;
      walk(text, data, [&](const std::array<std::size_t, 5>& at, std::size_t size) {
        const std::size_t count = bytes_of(size);
        if (std::string_view(bytes).substr(done, count) != now.substr(done, count)) {
          const std::string group = encoded(now.substr(done, count), size);
          if (size == 1) edits.push_back({{at[0], at[0] + 1}, group});
          for (std::size_t i = 0; size > 1 && i < size; ++i) edits.push_back({{at[i], at[i] + 1}, group.substr(i, 1)});
        }
        done += count;
      });
      return std::optional(std::move(edits));
    });
    begin = end;
  }
}

}  // namespace postern::pipeline
