#include "pipeline/mime/html_names.h"

#include <array>
#include <cstddef>

namespace postern::pipeline {
namespace {

struct MeaningList {
  std::string_view names;  // a blank behind each
  HtmlNameMeaning meaning;
};

constexpr std::array kMeaningLists{
    MeaningList{"address article aside blockquote body br center dd details dir div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
                "header hr html li main nav ol option p pre section table tr ul caption ",
                kHtmlBlock},
    MeaningList{"td th ", kHtmlCell},
    MeaningList{"script style title iframe noembed noframes ", kHtmlInvisible},
    MeaningList{"area base br col embed hr img input link meta param source track keygen wbr ", kHtmlVoid},
    MeaningList{"del s strike rt rp ", kHtmlAside},
    MeaningList{"address article aside blockquote center details dir div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li "
                "main nav ol p pre section table ul dd dt ",
                kHtmlEndsParagraph},
    MeaningList{"li dd dt option rt rp td th tr ", kHtmlImpliesEnds},
    MeaningList{"svg math ", kHtmlForeign},
};

constexpr std::size_t kNameSlotCount = 256;  // a power of two, several times the names
struct NameSlot {
  std::string_view name;
  std::uint16_t meanings = 0;
};

constexpr std::size_t slot_of(std::string_view name) {
  std::size_t hash = name.size();
  for (char c : name) hash = hash * 31 + static_cast<unsigned char>(c);
  return hash % kNameSlotCount;
}

// Open addressing: a name stands in its slot or in one of those behind it, without a free one between.
constexpr std::array<NameSlot, kNameSlotCount> make_slots() {
  std::array<NameSlot, kNameSlotCount> slots{};
  for (const MeaningList& list : kMeaningLists) {
    for (std::size_t at = 0; at < list.names.size();) {
      const std::size_t end = list.names.find(' ', at);
      const std::string_view name = list.names.substr(at, end - at);
      std::size_t slot = slot_of(name);
      while (!slots[slot].name.empty() && slots[slot].name != name) slot = (slot + 1) % kNameSlotCount;
      slots[slot].name = name;
      slots[slot].meanings = static_cast<std::uint16_t>(slots[slot].meanings | list.meaning);
      at = end + 1;
    }
  }
  return slots;
}
constexpr auto kNameSlots = make_slots();
constexpr std::size_t kKnownBytesMax = 10;  // "blockquote"

}  // namespace

std::uint16_t html_meanings(std::string_view name) {
  if (name.empty() || name.size() > kKnownBytesMax) return 0;
  for (std::size_t slot = slot_of(name); !kNameSlots[slot].name.empty(); slot = (slot + 1) % kNameSlotCount) {
    if (kNameSlots[slot].name == name) return kNameSlots[slot].meanings;
  }
  return 0;
}

}  // namespace postern::pipeline
