#include "pipeline/redaction/machine_fields.h"

#include <algorithm>

#include "core/encoding.h"
#include "core/secret.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/params.h"
#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/rules/detectors.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kIdFields[] = {"message-id", "in-reply-to", "references", "resent-message-id", "content-id"};
constexpr std::size_t kFirstShown = 6;
constexpr std::size_t kLastShown = 4;
constexpr std::string_view kIdPrefix = "\"cid:";  // how an id stands in HTML: what is found there is found here

// Digits, or bytes of characters that may be digits.
bool has_digits_enough(std::string_view text) {
  const auto digits = std::count_if(
      text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80; });
  return static_cast<std::size_t>(digits) >= kCardDigitsMin;
}

std::vector<RawMatch> cards_in(std::string_view text) {
  static const ValueDetector* const detector = detector_called("card");
  std::vector<RawMatch> found;
  if (has_digits_enough(text)) detector->find(text, found);
  return found;
}

// The characters of a number that do not stay.
std::vector<ByteRange> hidden_of(const RawMatch& card) {
  if (card.characters.size() <= kFirstShown + kLastShown) return card.characters;
  return {card.characters.begin() + kFirstShown, card.characters.end() - kLastShown};
}

// A text made of some bytes of the message, each of which knows where it came from.
struct FieldText {
  std::string text;
  std::vector<std::size_t> from;
  void add(char c, std::size_t at) {
    text.push_back(c);
    from.push_back(at);
  }
  void reserve(std::size_t bytes) {
    text.reserve(bytes);
    from.reserve(bytes);
  }
};

class MachineFieldScan {
 public:
  MachineFieldScan(std::string_view message, const HeaderField& field) : message_(message), field_(field) {}

  FieldScan run() {
    const std::string_view value = message_.substr(field_.value.begin, field_.value.size());
    // All that is looked at is made of bytes of the value, but for encoded words.
    if (!has_digits_enough(value) && value.find("=?") == std::string_view::npos) return std::move(out_);
    const bool has_ids =
        std::find(std::begin(kIdFields), std::end(kIdFields), field_.name_lower) != std::end(kIdFields);
    if (!has_ids && value.find("=?") == std::string_view::npos && cards_in(value).empty()) return std::move(out_);
    FieldText rest;
    rest.reserve(value.size());
    for (std::size_t at = 0; at < value.size();) {
      const std::size_t end = has_ids && value[at] == '<' ? std::min(value.find('>', at), value.size()) : at;
      if (end > at) {
        look_at_id(at + 1, end);
        rest.add('"', field_.value.begin + at);  // what stands on both sides is not one thing
        at = end;
      } else {
        rest.add(value[at], field_.value.begin + at);
        ++at;
      }
    }
    const WipedAtExit wiped(rest.text);
    look_at(rest, 0);
    if (!look_at_decoded(value)) out_.edits.assign(1, remove_field(message_, field_));
    return std::move(out_);
  }

 private:
  // Behind the bracket, up to the closing one.
  void look_at_id(std::size_t begin, std::size_t end) {
    FieldText id;
    id.reserve(kIdPrefix.size() + end - begin + 1);
    const WipedAtExit wiped(id.text);
    for (char c : kIdPrefix) id.add(c, field_.value.begin);
    for (std::size_t at = field_.value.begin + begin; at < field_.value.begin + end; ++at) {
      const char c = message_[at];
      if (static_cast<unsigned char>(c) > ' ' && c != '\x7F' && c != '<') id.add(c, at);
    }
    id.add('"', field_.value.begin);
    look_at(id, kIdPrefix.size());
  }

  void look_at(const FieldText& text, std::size_t first) {
    for (const RawMatch& card : cards_in(text.text)) {
      if (card.span.begin < first) continue;
      note(card);
      for (ByteRange character : hidden_of(card)) {
        const std::size_t begin = text.from[character.begin];
        out_.edits.push_back({{begin, text.from[character.end - 1] + 1}, std::string(kAsciiMask)});
      }
    }
  }

  // Encoded words in comments, which no program reads and people do. False: one holds a number.
  bool look_at_decoded(std::string_view value) {
    if (value.find("=?") == std::string_view::npos) return true;
    Decoded decoded = decode_header_text(value, field_.value.begin);
    const WipedAtExit wiped(decoded.bytes);
    if (decoded.bytes == value) return true;
    const std::vector<RawMatch> cards = cards_in(decoded.bytes);
    if (out_.found.empty()) std::for_each(cards.begin(), cards.end(), [this](const RawMatch& card) { note(card); });
    return cards.empty() || !out_.edits.empty();  // the next pass sees what is left
  }

  void note(const RawMatch& card) { out_.found.push_back({std::string(kMachineRule), std::string(card.label)}); }

  std::string_view message_;
  const HeaderField& field_;
  FieldScan out_;
};

}  // namespace

FieldScan scan_machine_field(std::string_view message, const HeaderField& field) {
  return MachineFieldScan(message, field).run();
}

bool BoundaryMasks::add(std::string_view message, const HeaderField& content_type, std::vector<Edit>& edits) {
  // Characters that a boundary may have without quotes, one kind for each so that none becomes another.
  constexpr std::string_view kLetters = "xyzwvutsrqponmlkjihgfedcba";
  const std::string_view value = message.substr(content_type.value.begin, content_type.value.size());
  const std::string boundary = parse_mime_value(value).param("boundary");
  const std::vector<RawMatch> cards = cards_in(boundary);
  if (cards.empty()) return false;
  auto known =
      std::find_if(masks_.begin(), masks_.end(), [&boundary](const Mask& one) { return one.boundary == boundary; });
  if (known == masks_.end()) {
    Mask mask{boundary, boundary};
    for (const RawMatch& card : cards) {
      for (ByteRange character : hidden_of(card))
        std::fill_n(mask.masked.begin() + static_cast<std::ptrdiff_t>(character.begin), character.size(),
                    kLetters[masks_.size() % kLetters.size()]);
    }
    masks_.push_back(std::move(mask));
    known = std::prev(masks_.end());
  }
  for (std::size_t at = value.find(boundary); at != std::string_view::npos;
       at = value.find(boundary, at + boundary.size())) {
    const std::size_t begin = content_type.value.begin + at;
    edits.push_back({{begin, begin + boundary.size()}, known->masked});
  }
  return true;
}

void BoundaryMasks::mask_lines(std::string_view message, ByteRange range, std::vector<Edit>& edits) const {
  for (std::size_t line = range.begin; line < range.end;) {
    const std::size_t end = std::min(message.find('\n', line), range.end);
    const std::string_view text = core::trim_ascii(message.substr(line, end - line));
    for (const Mask& one : masks_) {
      if (!text.starts_with("--") || match_delimiter(text, one.boundary) == Delimiter::kNone) continue;
      const std::size_t begin = static_cast<std::size_t>(text.data() - message.data()) + 2;
      if (!message.substr(begin).starts_with(one.boundary)) continue;  // its quoted-pairs are undone here: another number of bytes
      edits.push_back({{begin, begin + one.boundary.size()}, one.masked});
      break;
    }
    line = end + 1;
  }
}

std::string with_ids_as_they_are(std::string html, const std::vector<std::string>& content_ids) {
  for (const std::string& id : content_ids) {
    const std::string shown = with_block_masks("cid:" + id);
    if (shown == "cid:" + id) continue;
    for (std::size_t at = html.find(shown); at != std::string::npos; at = html.find(shown, at + 1))
      html.replace(at, shown.size(), "cid:" + id);
  }
  return html;
}

}  // namespace postern::pipeline
