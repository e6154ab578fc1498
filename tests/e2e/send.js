// send.js PORT MODE FILE FROM TO: sends one raw message with nodemailer; MODE is starttls, tls or plain.
const fs = require("fs");
const nodemailer = require("nodemailer");

const [port, mode, file, from, to] = process.argv.slice(2);
const transport = nodemailer.createTransport({
  host: "127.0.0.1", port: Number(port), secure: mode === "tls", requireTLS: mode === "starttls", ignoreTLS: mode === "plain",
  tls: { rejectUnauthorized: false }, name: "client.sender.example", connectionTimeout: 10000, socketTimeout: 30000,
});
transport.sendMail({ envelope: { from, to }, raw: fs.readFileSync(file) })
  .then((info) => console.log(info.response))
  .catch((error) => { console.error(error.message); process.exit(1); });
