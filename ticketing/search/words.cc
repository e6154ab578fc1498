#include "ticketing/search/words.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "storage/errc.h"

namespace postern::ticketing::search {
namespace {

constexpr std::size_t kHead = 3;
constexpr char kMarkerByte = '\x01';

// The words of one text: most come again soon after, and looking among the last ones costs a tenth of a search of the bag.
class BagSink final : public WordSink {
 public:
  BagSink(std::map<std::string, WordUse, std::less<>>& words, FieldBit field, std::size_t words_max)
      : words_(words), field_(field), words_max_(words_max) {}
  void take(std::string_view word, const WordPlace& place) override {
    if (place.kind == WordKind::kGlyph) return;
    ++length_;
    Entry*& lately = lately_[std::hash<std::string_view>{}(word) % kLately];
    if (lately == nullptr || lately->first != word) {
      auto known = words_.find(word);
      if (known == words_.end()) {
        if (new_words_++ >= words_max_) return;
        known = words_.emplace(std::string(word), WordUse{}).first;
      }
      lately = &*known;
    }
    lately->second.merge({1, field_});
  }
  std::uint32_t length() const { return length_; }

 private:
  using Entry = std::pair<const std::string, WordUse>;  // of the map, which does not move them
  static constexpr std::size_t kLately = 256;

  std::array<Entry*, kLately> lately_{};
  std::map<std::string, WordUse, std::less<>>& words_;
  const FieldBit field_;
  const std::size_t words_max_;
  std::size_t new_words_ = 0;  // of this text: what is known already costs nothing, whatever text it came from
  std::uint32_t length_ = 0;
};

}  // namespace

void WordUse::merge(const WordUse& other) {
  uses = static_cast<std::uint8_t>(std::min<unsigned>(kUsesMax, 0U + uses + other.uses));
  fields = static_cast<std::uint8_t>(fields | other.fields);
}

char pack_use(const WordUse& use) {
  return static_cast<char>((static_cast<unsigned>(use.fields) << 4U) | std::min(use.uses, kUsesMax));
}

WordUse unpack_use(char byte, char format) {
  const unsigned bits = format == kFirstUseFormat ? 5 : 4;  // of the uses
  const auto value = static_cast<unsigned char>(byte);
  const auto uses = static_cast<std::uint8_t>(value & ((1U << bits) - 1));
  return {std::min(uses, kUsesMax), static_cast<std::uint8_t>(value >> bits)};
}

std::string marker(std::string_view what) { return kMarkerByte + std::string(what); }

bool is_marker(std::string_view word) { return word.starts_with(kMarkerByte); }

void WordBag::add_text(std::string_view text, FieldBit field) {
  std::size_t size = std::min(text.size(), limits_.text_bytes_max);
  while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  BagSink sink(words_, field, limits_.words_max);
  const std::string folded = fold(text.substr(0, size));
  analyse(folded, limits_, sink);
  length_ += sink.length();
}

void WordBag::add_marker(std::string_view what) { words_[marker(what)].merge({1, 0}); }

void WordBag::set_fact(std::string_view what, bool holds) { words_[marker(what)] = {static_cast<std::uint8_t>(holds ? 1 : 0), 0}; }

std::uint8_t length_step(std::uint32_t words) { return static_cast<std::uint8_t>(std::min<unsigned>(15, static_cast<unsigned>(std::bit_width(words)))); }

std::uint8_t joined_length(std::uint8_t a, std::uint8_t b) {
  return a == b ? static_cast<std::uint8_t>(std::min(15, a + 1)) : std::max(a, b);
}

double length_of_step(std::uint8_t step) { return std::exp2(static_cast<double>(step)); }

std::string encode_waiting(const WordBag& words, bool is_whole) {
  std::string out{kUseFormat, static_cast<char>(is_whole ? 1 : 0), static_cast<char>(length_step(words.length()))};
  std::string_view last;
  for (const auto& [word, use] : words.words()) {
    const auto differs = std::ranges::mismatch(last, word);
    const auto shared = static_cast<std::size_t>(differs.in1 - last.begin());
    out += static_cast<char>(shared);
    out += static_cast<char>(word.size() - shared);
    out.append(word, shared);
    out += pack_use(use);
    last = word;
  }
  return out;
}

core::Result<Waiting> visit_waiting(std::string_view bytes, const WordVisitor& visit) {
  Waiting out;
  if (bytes.size() < kHead || (bytes[0] != kUseFormat && bytes[0] != kFirstUseFormat)) return core::fail(storage::Errc::kCorrupt, "search words");
  out.is_whole = bytes[1] != 0;
  out.length = static_cast<std::uint8_t>(bytes[2]);
  std::string word;
  for (std::string_view rest = bytes.substr(kHead); !rest.empty();) {
    if (rest.size() < 3) return core::fail(storage::Errc::kCorrupt, "search words");
    const auto shared = static_cast<unsigned char>(rest[0]);
    const auto size = static_cast<unsigned char>(rest[1]);
    if (shared > word.size() || rest.size() < size + 3U) return core::fail(storage::Errc::kCorrupt, "search words");
    word.resize(shared);
    word.append(rest.substr(2, size));
    visit(word, unpack_use(rest[size + 2U], bytes[0]));
    rest.remove_prefix(size + 3U);
  }
  return out;
}

core::Result<Waiting> decode_waiting(std::string_view bytes) {
  std::vector<std::pair<std::string, WordUse>> words;
  const auto keep = [&words](std::string_view word, const WordUse& use) { words.emplace_back(word, use); };
  POSTERN_TRY(Waiting out, visit_waiting(bytes, keep));
  out.words = std::move(words);
  return out;
}

}  // namespace postern::ticketing::search
