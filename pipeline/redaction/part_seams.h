#pragma once
// pipeline/redaction/part_seams.h: values that begin at the end of one text part and go on at the beginning of the next one,
// which readers show below it (multipart/mixed, multipart/related; not alternatives). Private to message_scan.cc.
// Thread-safety: pure function over a const detector. Time: linear; parts are decoded only where digits stand at both edges.
// Copies are wiped.
#include <map>

#include "pipeline/mime/part.h"
#include "pipeline/redaction/body_scan.h"

namespace postern::pipeline {

// What has to be hidden, by part, in offsets of its decoded bytes; a finding is counted with the second part.
std::map<const Part*, BodyScan> scan_seams(const Detector& detector, const Message& message, const MimeTree& tree);

}  // namespace postern::pipeline
