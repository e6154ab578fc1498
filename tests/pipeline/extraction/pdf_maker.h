#pragma once
// tests/pipeline/extraction/pdf_maker.h: PDF files made in code, as simple or as crooked as a test needs.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern::test {

class PdfMaker {
 public:
  // Objects get the numbers 1, 2, … in the order of adding. Object 1 is the catalogue, 2 the page tree.
  int add(std::string object);
  int add_stream(std::string_view content, std::string entries = {}, bool packed = false);
  void replace(int number, std::string object) { objects_[static_cast<std::size_t>(number - 1)] = std::move(object); }
  void set_trailer(std::string entries) { trailer_ = std::move(entries); }
  std::string finish() const;
  // Everything but streams in an object stream, with a cross-reference stream (PDF 1.5).
  std::string finish_compressed() const;
  // RC4 with 40 bits (ISO 32000-1 section 7.6.3); strings and streams are encrypted.
  std::string finish_encrypted(std::string_view user_password) const;

 private:
  struct Object {
    Object(std::string the_text) : text(std::move(the_text)) {}
    std::string text;     // all of it, or what stands before the stream
    std::string content;  // of a stream
    bool is_stream = false;
  };
  static std::string assemble(const std::vector<std::string>& bodies, const std::string& trailer);
  std::vector<Object> objects_;
  std::string trailer_;
};

std::string deflated(std::string_view text);
// One page with this content stream; fonts /F1 (Helvetica). `more` is added to the page, `catalogue` to the catalogue.
PdfMaker one_page(std::string_view content, bool packed = false, const std::string& more = {}, const std::string& catalogue = {});
// A page that shows `text` in one string.
std::string pdf_showing(std::string_view text);

}  // namespace postern::test
