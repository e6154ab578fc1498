#include "pipeline/extraction/pdf_text.h"

#include <poppler/cpp/poppler-document.h>
#include <poppler/cpp/poppler-page.h>

#include <iconv.h>

#include <memory>

#include "pipeline/extraction/pdf_objects.h"

namespace postern::pipeline {
namespace {

class TooManyPages : public std::exception {};

void add_page(const poppler::page& page, poppler::page::text_layout_enum layout, TextSink& out) {
  poppler::byte_array text = page.text(poppler::rectf(), layout).to_utf8();
  out.add(std::string_view(text.data(), text.size()));
  out.end_piece();
  core::wipe(text.data(), text.size());
}

// The pages as they are drawn, with annotations and form fields: glyphs that stand beside each other make a number,
// however they came there.
ObjectsResult add_pages(std::string_view bytes, TextSink& out) {
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size())));
  if (!document) return ObjectsResult::kDamaged;
  if (document->is_locked()) return ObjectsResult::kNeedsPassword;
  const int pages = document->pages();
  if (pages > kPdfPagesMax) throw TooManyPages();
  for (int number = 0; number < pages; ++number) {
    const std::unique_ptr<poppler::page> page(document->create_page(number));
    if (!page) continue;
    add_page(*page, poppler::page::non_raw_non_physical_layout, out);
    add_page(*page, poppler::page::raw_order_layout, out);
  }
  return pages > 0 ? ObjectsResult::kRead : ObjectsResult::kDamaged;
}

PdfText failed(ExtractReason reason) { return {ExtractOutcome::kUnreadable, reason, {}, {}}; }

}  // namespace

PdfText read_pdf(std::string_view bytes, std::size_t bytes_max) {
  TextSink out(bytes_max);
  try {
    const ObjectsResult pages = add_pages(bytes, out);
    if (pages == ObjectsResult::kNeedsPassword) return {ExtractOutcome::kEncrypted, ExtractReason::kPassword, {}, {}};
    const ObjectsResult objects = add_pdf_objects(bytes, out);
    if (objects == ObjectsResult::kNeedsPassword) return {ExtractOutcome::kEncrypted, ExtractReason::kPassword, {}, {}};
    if (pages == ObjectsResult::kDamaged && objects == ObjectsResult::kDamaged) return failed(ExtractReason::kNoDocument);
    // One of the two may repair what the other cannot, but a half of the text is not all of it.
    if (pages == ObjectsResult::kDamaged || objects == ObjectsResult::kDamaged) return failed(ExtractReason::kDamaged);
  } catch (const TooMuch&) {
    return failed(ExtractReason::kSize);
  } catch (const TooManyPages&) {
    return failed(ExtractReason::kPages);
  } catch (const std::bad_alloc&) {
    return failed(ExtractReason::kMemory);
  } catch (const std::exception&) {
    return failed(ExtractReason::kDamaged);
  }
  return {ExtractOutcome::kText, ExtractReason::kNone, out.take_text(), out.take_files()};
}

void warm_up_pdf_libraries() {
  poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);  // its messages quote the document
  // poppler converts through iconv, whose tables are files. An open converter keeps them in memory for good.
  static const iconv_t converters[] = {::iconv_open("UTF-8", "UTF-16LE"), ::iconv_open("UTF-16LE", "UTF-8")};
  static_cast<void>(converters);
  static constexpr std::string_view kSmallest =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1"
      "/BaseFont/Helvetica>>>>>>>>endobj 4 0 obj<</Length 33>>stream\nBT /F 9 Tf 9 9 Td (warm up) Tj ET\nendstream endobj\n"
      "trailer<</Root 1 0 R>>\n";
  // poppler's tables live as long as any document does: this one stays for good.
  static const poppler::document* const kept = poppler::document::load_from_raw_data(kSmallest.data(), static_cast<int>(kSmallest.size()));
  static_cast<void>(kept);
  static_cast<void>(read_pdf(kSmallest, 1U << 20U));
}

}  // namespace postern::pipeline
