#include "pdf_maker.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <numeric>

namespace postern::test {
namespace {

// Section 7.6.3.3, algorithm 2.
constexpr unsigned char kPadding[] = {0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08,
                                      0x2E, 0x2E, 0x00, 0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A};

std::string padding() { return {reinterpret_cast<const char*>(kPadding), sizeof kPadding}; }

std::string md5(std::string_view text) {
  std::array<unsigned char, 16> out{};
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), out.data(), &length, EVP_md5(), nullptr);
  return {out.begin(), out.end()};
}

std::string rc4(std::string_view key, std::string text) {
  std::array<unsigned char, 256> state{};
  std::iota(state.begin(), state.end(), static_cast<unsigned char>(0));
  for (unsigned i = 0, j = 0; i < 256; ++i) {
    j = (j + state[i] + static_cast<unsigned char>(key[i % key.size()])) & 255U;
    std::swap(state[i], state[j]);
  }
  unsigned i = 0, j = 0;
  for (char& c : text) {
    i = (i + 1) & 255U;
    j = (j + state[i]) & 255U;
    std::swap(state[i], state[j]);
    c = static_cast<char>(static_cast<unsigned char>(c) ^ state[(state[i] + state[j]) & 255U]);
  }
  return text;
}

std::string hex(std::string_view bytes) {
  std::string out = "<";
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out + ">";
}

std::string big_endian(std::size_t number, std::size_t bytes) {
  std::string out;
  while (bytes-- > 0) out += static_cast<char>(number >> (8 * bytes));
  return out;
}

std::string with_stream(const std::string& head, const std::string& content) { return head + "\nstream\n" + content + "\nendstream"; }

}  // namespace

std::string deflated(std::string_view text) {
  uLongf bytes = compressBound(text.size());
  std::string out(bytes, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &bytes, reinterpret_cast<const Bytef*>(text.data()), text.size());
  out.resize(bytes);
  return out;
}

int PdfMaker::add(std::string object) {
  objects_.emplace_back(std::move(object));
  return static_cast<int>(objects_.size());
}

int PdfMaker::add_stream(std::string_view content, std::string entries, bool packed) {
  Object one{std::string()};
  one.content = packed ? deflated(content) : std::string(content);
  one.text = fmt::format("<</Length {}{}{}>>", one.content.size(), packed ? "/Filter/FlateDecode" : "", entries);
  one.is_stream = true;
  objects_.push_back(std::move(one));
  return static_cast<int>(objects_.size());
}

std::string PdfMaker::assemble(const std::vector<std::string>& bodies, const std::string& trailer) {
  std::string out = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
  std::string table = fmt::format("xref\n0 {}\n0000000000 65535 f \n", bodies.size() + 1);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    table += fmt::format("{:010} 00000 n \n", out.size());
    out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, bodies[i]);
  }
  const std::size_t at = out.size();
  return out + table + fmt::format("trailer\n<</Size {}/Root 1 0 R{}>>\nstartxref\n{}\n%%EOF\n", bodies.size() + 1, trailer, at);
}

std::string PdfMaker::finish() const {
  std::vector<std::string> bodies;
  for (const Object& one : objects_) bodies.push_back(one.is_stream ? with_stream(one.text, one.content) : one.text);
  return assemble(bodies, trailer_);
}

std::string PdfMaker::finish_compressed() const {
  std::string out = "%PDF-1.7\n";
  std::string heads, packed;
  std::vector<std::string> rows(objects_.size() + 3);  // type, offset or stream, generation or index
  const std::size_t stream_number = objects_.size() + 1;
  std::size_t inside = 0;
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    if (objects_[i].is_stream) {
      rows[i + 1] = "\x01" + big_endian(out.size(), 4) + big_endian(0, 2);
      out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, with_stream(objects_[i].text, objects_[i].content));
    } else {
      rows[i + 1] = "\x02" + big_endian(stream_number, 4) + big_endian(inside++, 2);
      heads += fmt::format("{} {} ", i + 1, packed.size());
      packed += objects_[i].text + "\n";
    }
  }
  rows[0] = std::string(7, '\0');
  rows[stream_number] = "\x01" + big_endian(out.size(), 4) + big_endian(0, 2);
  const std::string bundle = deflated(heads + packed);
  out += fmt::format("{} 0 obj\n", stream_number) +
         with_stream(fmt::format("<</Type/ObjStm/N {}/First {}/Filter/FlateDecode/Length {}>>", inside, heads.size(), bundle.size()), bundle) + "\nendobj\n";
  const std::size_t at = out.size();
  rows[stream_number + 1] = "\x01" + big_endian(at, 4) + big_endian(0, 2);
  std::string all;
  for (const std::string& row : rows) all += row;
  const std::string table = deflated(all);
  out += fmt::format("{} 0 obj\n", stream_number + 1) +
         with_stream(fmt::format("<</Type/XRef/W[1 4 2]/Size {}/Root 1 0 R{}/Filter/FlateDecode/Length {}>>", rows.size(), trailer_, table.size()), table);
  return out + fmt::format("\nendobj\nstartxref\n{}\n%%EOF\n", at);
}

std::string PdfMaker::finish_encrypted(std::string_view user_password) const {
  const std::string owner(32, 'o');
  const std::string id = "0123456789abcdef";
  const std::string permissions("\xFC\xFF\xFF\xFF", 4);  // -4
  const std::string key = md5((std::string(user_password) + padding()).substr(0, 32) + owner + permissions + id).substr(0, 5);
  std::vector<std::string> bodies;
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    const std::size_t number = i + 1;
    // Algorithm 1: the key of one object.
    const std::string salt{static_cast<char>(number), static_cast<char>(number >> 8U), static_cast<char>(number >> 16U), '\0', '\0'};
    const std::string object_key = md5(key + salt).substr(0, 10);
    bodies.push_back(objects_[i].is_stream ? with_stream(objects_[i].text, rc4(object_key, objects_[i].content)) : objects_[i].text);
  }
  bodies.push_back(fmt::format("<</Filter/Standard/V 1/R 2/O{}/U{}/P -4>>", hex(owner), hex(rc4(key, padding()))));
  return assemble(bodies, trailer_ + fmt::format("/Encrypt {} 0 R/ID[{}{}]", bodies.size(), hex(id), hex(id)));
}

PdfMaker one_page(std::string_view content, bool packed, const std::string& more, const std::string& catalogue) {
  PdfMaker pdf;
  pdf.add("<</Type/Catalog/Pages 2 0 R" + catalogue + ">>");
  pdf.add("<</Type/Pages/Kids[3 0 R]/Count 1>>");
  pdf.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>>>" + more + ">>");
  pdf.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
  pdf.add_stream(content, {}, packed);
  return pdf;
}

std::string pdf_showing(std::string_view text) { return one_page(fmt::format("BT /F1 12 Tf 72 700 Td ({}) Tj ET", text)).finish(); }

}  // namespace postern::test
