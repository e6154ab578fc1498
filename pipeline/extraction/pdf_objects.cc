#include "pipeline/extraction/pdf_objects.h"

// qpdf 11.3's JSON.hh is not valid C++20 (a vector of an incomplete class); the other headers need the class's name only.
#define JSON_HH
#define POINTERHOLDER_TRANSITION 4
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>
class JSON;
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFXRefEntry.hh>

#include <algorithm>

#include "pipeline/extraction/content_strings.h"
#include "pipeline/extraction/pdf_orphans.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kMarkWithin = 1024;
constexpr int kNestingMax = 500;                             // as qpdf's own parser
constexpr std::size_t kDecodedBytesMax = std::size_t{128} << 20U;  // of all streams of one document

// Keys whose streams hold text: ISO 32000-1 sections 12.7.8 (forms in XML), 12.6.4.16 (scripts), 12.5.2 and 12.7.3.4 (rich
// text), 12.7.3.1 (values), 14.3.2 (metadata).
constexpr std::string_view kTextKeys[] = {"/XFA", "/JS", "/RC", "/RV", "/V", "/DV", "/Metadata"};

// Takes what a stream unpacks to; stops it at a limit. qpdf keeps exceptions to itself, so the limit is asked for after.
class Bounded final : public Pipeline {
 public:
  explicit Bounded(std::size_t bytes_max) : Pipeline("bounded", nullptr), bytes_max_(bytes_max) {}
  void write(const unsigned char* data, std::size_t bytes) override {
    is_full_ = is_full_ || bytes > bytes_max_ - out_.size();
    if (is_full_) throw TooMuch();
    out_.insert(out_.end(), data, data + bytes);
  }
  void finish() override {}
  bool is_full() const { return is_full_; }
  core::SecretBuffer take() { return std::move(out_); }

 private:
  std::size_t bytes_max_;
  bool is_full_ = false;
  core::SecretBuffer out_;
};

class Walk {
 public:
  Walk(QPDF& pdf, TextSink& out) : pdf_(pdf), out_(out) {}

  void run() {
    std::vector<QPDFObjectHandle> objects = pdf_.getAllObjects();
    for (QPDFObjectHandle& object : objects) visit(object, 0);
    visit_trailer();
    out_.end_piece();
    for (QPDFObjectHandle& object : objects) {
      if (object.isStream()) read_stream(object);
    }
  }

 private:
  void visit_trailer() {
    QPDFObjectHandle trailer = pdf_.getTrailer();
    if (trailer.isDictionary()) visit(trailer, 0);
  }

  void visit(QPDFObjectHandle object, int depth) {
    if (depth > kNestingMax) return;
    if (object.isString()) {
      const std::string text = object.getUTF8Value();
      out_.add(text);
      out_.end_piece();
      // What claims to be UTF-16 may not be.
      const std::string raw = object.getStringValue();
      if (raw != text) {
        out_.add(raw);
        out_.end_piece();
      }
    } else if (object.isName()) {
      add_name(object.getName());
    } else if (object.isArray()) {
      for (QPDFObjectHandle item : object.getArrayAsVector()) visit_child(item, depth);
    } else if (object.isDictionary() || object.isStream()) {
      QPDFObjectHandle dictionary = object.isStream() ? object.getDict() : object;
      for (auto& [key, value] : dictionary.getDictAsMap()) {
        add_name(key);
        note_streams(key, value);
        visit_child(value, depth);
      }
    }
  }

  // What is indirect stands in the list of all objects.
  void visit_child(const QPDFObjectHandle& child, int depth) {
    if (!QPDFObjectHandle(child).isIndirect()) visit(child, depth + 1);
  }

  void add_name(const std::string& name) {
    if (std::ranges::count_if(name, [](char c) { return c >= '0' && c <= '9'; }) < 6) return;
    out_.add(std::string_view(name).substr(1));
    out_.end_piece();
  }

  void note_streams(const std::string& key, QPDFObjectHandle value) {
    if (key == "/Contents") {
      note(value, content_);
    } else if (key == "/EF" && value.isDictionary()) {
      for (auto& [form, file] : value.getDictAsMap()) note(file, files_);
    } else if (std::ranges::find(kTextKeys, key) != std::end(kTextKeys)) {
      note(value, texts_);
    }
  }

  static void note(QPDFObjectHandle value, std::set<QPDFObjGen>& into) {
    if (value.isStream()) {
      into.insert(value.getObjGen());
    } else if (value.isArray()) {
      for (QPDFObjectHandle item : value.getArrayAsVector()) {
        if (item.isStream()) into.insert(item.getObjGen());
      }
    }
  }

  void read_stream(QPDFObjectHandle stream) {
    QPDFObjectHandle dictionary = stream.getDict();
    const QPDFObjGen id = stream.getObjGen();
    const auto is = [&dictionary](const char* key, const char* name) { return dictionary.getKey(key).isNameAndEquals(name); };
    if (files_.contains(id) || is("/Type", "/EmbeddedFile")) {
      out_.add_file({name_of(id), decode(stream, out_.left())});
    } else if (content_.contains(id) || is("/Subtype", "/Form") || is("/Type", "/Pattern")) {
      add_content_strings(core::view(decode(stream, decoded_left_)), out_);
    } else if (texts_.contains(id) || is("/Type", "/Metadata")) {
      out_.add(core::view(decode(stream, out_.left())));
    }
    out_.end_piece();
  }

  // Of a damaged stream, what came before the damage: that is what readers show.
  core::SecretBuffer decode(QPDFObjectHandle stream, std::size_t bytes_max) {
    Bounded sink(std::min(bytes_max, decoded_left_));
    try {
      static_cast<void>(stream.pipeStreamData(&sink, 0, qpdf_dl_generalized, true, false));
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception&) {
    }
    if (sink.is_full()) throw TooMuch();
    core::SecretBuffer bytes = sink.take();
    decoded_left_ -= bytes.size();
    return bytes;
  }

  // The names stand among the strings; here one is needed only to tell the file's kind, which its bytes tell too.
  static std::string name_of(QPDFObjGen id) { return "embedded-" + std::to_string(id.getObj()); }

  QPDF& pdf_;
  TextSink& out_;
  std::set<QPDFObjGen> content_;
  std::set<QPDFObjGen> texts_;
  std::set<QPDFObjGen> files_;
  std::size_t decoded_left_ = kDecodedBytesMax;
};

// Offsets count from the mark, which may stand behind other bytes.
KnownObjects known_objects(QPDF& pdf, std::string_view bytes) {
  const std::size_t mark = bytes.substr(0, kMarkWithin).find("%PDF-");
  const std::size_t base = mark == std::string_view::npos ? 0 : mark;
  KnownObjects known;
  for (const auto& [id, entry] : pdf.getXRefTable()) {
    if (entry.getType() == 1) known.offsets.insert(base + static_cast<std::size_t>(entry.getOffset()));
    if (entry.getType() == 2) known.packed_in.insert(entry.getObjStreamNumber());
  }
  return known;
}

}  // namespace

ObjectsResult add_pdf_objects(std::string_view bytes, TextSink& out) {
  try {
    QPDF pdf;
    pdf.setSuppressWarnings(true);
    pdf.processMemoryFile("document", bytes.data(), bytes.size());
    Walk(pdf, out).run();
    add_pdf_orphans(bytes, known_objects(pdf, bytes), out);
    return ObjectsResult::kRead;
  } catch (const QPDFExc& error) {
    return error.getErrorCode() == qpdf_e_password ? ObjectsResult::kNeedsPassword : ObjectsResult::kDamaged;
  } catch (const TooMuch&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    return ObjectsResult::kDamaged;  // qpdf's logic errors for what it did not expect
  }
}

}  // namespace postern::pipeline
