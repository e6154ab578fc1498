#pragma once
// pipeline/extraction/pdf_objects.h: what stands in a PDF beside its visible pages: every string of every object (notes,
// form values, titles, scripts, file names), metadata and forms in XML, the strings of all content streams, embedded files.
// Thread-safety: one thread. Errors: ObjectsResult; throws TooMuch and std::bad_alloc. Limits: those of `out`.
#include <string_view>

#include "pipeline/extraction/text_sink.h"

namespace postern::pipeline {

enum class ObjectsResult { kRead, kDamaged, kNeedsPassword };

ObjectsResult add_pdf_objects(std::string_view bytes, TextSink& out);

}  // namespace postern::pipeline
