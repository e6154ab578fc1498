// Verdicts of npm's mailauth, asked through one DNS server: a line of JSON in ({path, ip, helo, sender}), one out.
// usage: NODE_PATH=.../node_modules node mailauth_verdicts.js DNS_PORT
'use strict';
const { authenticate } = require('mailauth');
const { Resolver } = require('node:dns').promises;
const fs = require('node:fs');
const readline = require('node:readline');

const dns = new Resolver({ timeout: 2000, tries: 1 });
dns.setServers(['127.0.0.1:' + process.argv[2]]);
const resolver = (name, type) => dns.resolve(name, type);

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const question = JSON.parse(line);
    let answer;
    try {
      const { path, ...options } = question;
      const found = await authenticate(fs.readFileSync(path), { ...options, mta: 'mx.example', resolver, disableBimi: true });
      answer = {
        spf: found.spf?.status?.result ?? 'none',
        dkim: (found.dkim?.results ?? [])
          .filter((one) => one.status.result === 'pass')
          .map((one) => [one.signingDomain.toLowerCase(), one.selector.toLowerCase()]),
        dmarc: found.dmarc?.status?.result ?? 'none',
        arc: found.arc?.status?.result ?? 'none',
      };
    } catch (error) {
      answer = { error: String(error) };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
}
main();
