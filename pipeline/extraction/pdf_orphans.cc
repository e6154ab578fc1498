#include "pipeline/extraction/pdf_orphans.h"

#define POINTERHOLDER_TRANSITION 4
#include <qpdf/Pl_Flate.hh>

#include <algorithm>
#include <charconv>
#include <optional>

#include "pipeline/extraction/content_strings.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kBlanks{"\0\t\n\f\r ", 6};
constexpr std::size_t kDictionaryBytes = 4096;

// Takes what comes until it is full, and no more after that.
class Cup final : public Pipeline {
 public:
  explicit Cup(std::size_t bytes_max) : Pipeline("cup", nullptr), bytes_max_(bytes_max) {}
  void write(const unsigned char* data, std::size_t bytes) override {
    const std::size_t fits = std::min(bytes, bytes_max_ - bytes_.size());
    bytes_.insert(bytes_.end(), data, data + fits);
    if (fits < bytes) throw TooMuch();
  }
  void finish() override {}
  core::SecretBuffer take() { return std::move(bytes_); }

 private:
  std::size_t bytes_max_;
  core::SecretBuffer bytes_;
};

struct Place {
  std::size_t begin = 0;
  int number = 0;
};

// "12 0 obj" whose last word stands at `at`.
std::optional<Place> object_before(std::string_view bytes, std::size_t at) {
  std::size_t pos = at;
  const auto skip = [&](auto&& is_one) {
    const std::size_t end = pos;
    while (pos > 0 && end - pos < 12 && is_one(bytes[pos - 1])) --pos;
    return end - pos;
  };
  const auto is_blank = [](char c) { return kBlanks.find(c) != std::string_view::npos; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  skip(is_blank);
  if (skip(is_digit) == 0 || skip(is_blank) == 0) return std::nullopt;
  const std::size_t end = pos;
  if (skip(is_digit) == 0) return std::nullopt;
  Place place{pos, 0};
  const auto [stopped, error] = std::from_chars(bytes.data() + pos, bytes.data() + end, place.number);
  if (error != std::errc()) return std::nullopt;
  return place;
}

bool says(std::string_view dictionary, std::string_view word) { return dictionary.find(word) != std::string_view::npos; }

class OrphanReader {
 public:
  OrphanReader(std::string_view bytes, TextSink& out) : bytes_(bytes), out_(out), looked_left_(bytes.size()) {}

  void run(const KnownObjects& known) {
    for (std::size_t at = bytes_.find("obj"); at != std::string_view::npos && left_ > 0 && looked_left_ > 0;
         at = bytes_.find("obj", at + 3)) {
      const auto place = object_before(bytes_, at);
      if (!place) continue;
      const std::string_view body = bytes_.substr(at + 3);
      const std::string_view head = body.substr(0, kDictionaryBytes);
      const bool is_named = known.offsets.contains(place->begin);
      const bool is_lost = says(head.substr(0, std::min(head.find("stream"), head.size())), "/ObjStm") &&
                           !known.packed_in.contains(place->number);
      if (!is_named || is_lost) read(body);
    }
  }

 private:
  void read(std::string_view body) {
    const std::size_t stream = body.substr(0, kDictionaryBytes).find("stream");
    const std::string_view front = body.substr(0, std::min({stream, left_, looked_left_}));
    const std::size_t end = front.find("endobj");
    const std::string_view dictionary = front.substr(0, end);
    add_object_strings(dictionary, out_);
    left_ -= dictionary.size();
    looked_left_ -= dictionary.size();
    if (stream == std::string_view::npos || end != std::string_view::npos || left_ == 0) return;
    // Pictures and fonts hold no text of their own.
    if (says(dictionary, "/Image") || says(dictionary, "/Length1") || says(dictionary, "/FontFile")) return;
    std::size_t begin = stream + 6;
    if (body.substr(begin).starts_with('\r')) ++begin;
    if (body.substr(begin).starts_with('\n')) ++begin;
    // What several claim is looked at once or twice, not once by each.
    const std::string_view rest = body.substr(begin, looked_left_);
    const std::size_t size = std::min(rest.find("endstream"), rest.size());
    looked_left_ -= size;
    core::SecretBuffer content = unpack(rest.substr(0, size), says(dictionary, "FlateDecode"));
    left_ -= content.size();
    if (says(dictionary, "/ObjStm")) {
      add_object_strings(core::view(content), out_);
    } else if (says(dictionary, "/EmbeddedFile")) {
      out_.add_file({"embedded", std::move(content)});
    } else if (says(dictionary, "/Metadata")) {
      out_.add(core::view(content));
    } else if (!says(dictionary, "/XRef")) {
      add_content_strings(core::view(content), out_);
    }
    out_.end_piece();
  }

  // Of a damaged stream, what came before the damage.
  core::SecretBuffer unpack(std::string_view packed, bool is_flate) const {
    if (!is_flate) return core::to_secret(packed.substr(0, left_));
    Cup cup(left_);
    try {
      Pl_Flate inflater("orphan", &cup, Pl_Flate::a_inflate);
      inflater.setWarnCallback([](const char*, int) {});
      inflater.write(reinterpret_cast<const unsigned char*>(packed.data()), packed.size());
      inflater.finish();
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception&) {
    }
    return cup.take();
  }

  std::string_view bytes_;
  TextSink& out_;
  std::size_t looked_left_;
  std::size_t left_ = kOrphanBytesMax;
};

}  // namespace

void add_pdf_orphans(std::string_view bytes, const KnownObjects& known, TextSink& out) {
  OrphanReader(bytes, out).run(known);
}

}  // namespace postern::pipeline
