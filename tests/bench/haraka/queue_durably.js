"use strict";
// A Haraka queue plugin for the benchmark: a message is in a file of its own, synced and renamed, before Haraka says 250.
// As Postfix's queue does it, the folder itself is not synced. Haraka's own plugins relay or discard.
const fs = require("node:fs");
const path = require("node:path");

exports.register = function () {
  this.folder = this.config.get("queue_durably");
  this.register_hook("queue", "store");
};

exports.store = function (next, connection) {
  const { uuid, message_stream: content } = connection.transaction;
  const temporary = path.join(this.folder, `${uuid}.part`);
  const file = fs.createWriteStream(temporary, { flags: "wx", flush: true }); // flush: fsync before it closes
  file.on("error", (error) => next(DENYSOFT, error.code));
  file.on("close", () => {
    if (file.errored) return;
    fs.rename(temporary, path.join(this.folder, uuid), (error) => (error ? next(DENYSOFT, error.code) : next(OK, uuid)));
  });
  content.pipe(file, { line_endings: "\r\n" });
};
