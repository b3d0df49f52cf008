#!/bin/sh
# Manifests of audits, signed and verified: by exch-report and by openssl, with
# every byte changed once, with keys that are none, and on a full disk.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >day.txt <<'E'
date 2026-01-05
instrument ABC tick 0.01
account A1
09:30  A1  sell 100 @ 10.00
+1s    A2  buy 100 @ 10.00
E
exch-replay -q day.txt | exch-match -q -o day.xst
audit() {
	exch-report audit -q -f csv "$@" day.xst
}
# said STATUS NAME COMMAND...: and what it says is in err.
said() {
	said_want=$1
	said_name=$2
	shift 2
	said_got=0
	"$@" >out 2>err || said_got=$?
	is "$said_got" "$said_want" "$said_name"
}

# ---- a manifest alone ----

audit --manifest m.txt -o a.csv
is "$(sed -n 's/^\(file\|rows\|bytes\|sha256\)=//p' m.txt)" "a.csv
$(sha256sum <a.csv | cut -d' ' -f1)
$(wc -c <a.csv | tr -d ' ')
$(($(wc -l <a.csv) - 1))" "its file, hash, bytes and rows"
has m.txt '^software=exch-report [0-9]' "the software"
has m.txt '^engine=exch-match [0-9.]*$' "and the engine"
has m.txt '^config.2=[0-9a-f]\{16\}$' "the hash of its options"
has m.txt '^first_seq.2=1$' "the first record"
is "$(sed '$d' m.txt | sha256sum | cut -d' ' -f1)" \
	"$(sed -n '$s/^check=//p' m.txt)" "the last line is a hash of the others"
is "$(printf '' | sha256sum | cut -c1-16)" "$(sed -n 's/^config=//p' m.txt)" \
	"no options"
audit --manifest tz.txt --tz Asia/Shanghai -o tz.csv
has tz.txt '^options=tz=Asia/Shanghai$' "an option that changes the table"
is "$(printf 'tz=Asia/Shanghai' | sha256sum | cut -c1-16)" \
	"$(sed -n 's/^config=//p' tz.txt)" "and its hash"
cp m.txt m.first
audit --manifest m.txt -o a.csv
same m.txt m.first "the same again, over files that were there"
said 0 "it holds" exch-report verify -f csv m.txt
cat >want <<E
what,state,name,wanted,found
manifest,good,m.txt,,
signature,not-checked,,,
stream,good,,complete,complete
rows,good,a.csv,$(sed -n 's/^rows=//p' m.txt),$(sed -n 's/^rows=//p' m.txt)
bytes,good,a.csv,$(sed -n 's/^bytes=//p' m.txt),$(sed -n 's/^bytes=//p' m.txt)
sha256,good,a.csv,$(sed -n 's/^sha256=//p' m.txt),$(sed -n 's/^sha256=//p' m.txt)
E
same out want "a row for each thing"
mkdir there
cp m.txt a.csv there
said 0 "the table is sought beside the manifest" exch-report verify there/m.txt
audit --manifest p.txt >p.csv
said 2 "one that went through a pipe has no name" exch-report verify p.txt
has err 'verify MANIFEST FILE' "what to do"
said 0 "it is told" exch-report verify p.txt p.csv
said 0 "or comes through one" sh -c 'exch-report verify p.txt - <p.csv'
audit --manifest z.txt -o a.csv.zst
said 0 "a compressed table" exch-report verify -f csv z.txt
has out '^packed-sha256,good' "its file, too"
has out "^sha256,good,a.csv.zst,$(sed -n 's/^sha256=//p' m.txt)," \
	"and the same table in it"
cp a.csv.zst keep.zst
printf 'x' >>a.csv.zst
said 1 "a byte behind it" exch-report verify z.txt
zstd -q -19 -f a.csv -o a.csv.zst 2>/dev/null
said 1 "compressed anew" exch-report verify z.txt

# ---- a stream that broke off ----

head -c "$(($(wc -c <day.xst) - 8))" day.xst >cut.xst
said 3 "a cut stream" exch-report audit -f csv --manifest c.txt -o c.csv cut.xst
has c.txt '^stream=cut or damaged$' "its manifest says so"
said 1 "verified, it is not the day" exch-report verify -f csv c.txt
has out '^stream,incomplete,,complete,cut or damaged$' "a row tells of it"
is "$(awk -F, 'NR > 1 { print $2 }' out | sort | uniq -c | tr -s ' \n' ' ')" \
	" 4 good 1 incomplete 1 not-checked " "and all else is good"
has err 'c.txt: the table is of a stream that was not whole: cut or damaged' \
	"the sentence"
said 0 "and read as far as it goes" exch-report audit -f csv --partial \
	--manifest c.txt -o c.csv cut.xst
said 1 "it is not the day either" exch-report verify c.txt
exch-replay -q day.txt >part.xst
head -c "$(($(wc -c <part.xst) - 8))" part.xst >part.cut
exch-match -q part.cut -o up.xst 2>/dev/null
said 3 "a stream whose input was cut" \
	exch-report audit -f csv --manifest c.txt -o c.csv up.xst
said 1 "nor is that" exch-report verify -f csv c.txt
has out '^stream,incomplete,,complete,upstream incomplete$' "which is told"
sed '/^stream=/d; $d' m.txt >f.txt
echo "check=$(sha256sum <f.txt | cut -d' ' -f1)" >>f.txt
said 0 "a manifest that does not say" exch-report verify -f csv f.txt
has out '^stream,not-told,,complete,$' "is told"

# ---- every byte ----

# flip FILE N: its N-th byte, from 0, is another one.
flip() {
	byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
	head -c "$2" "$1"
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf %o $((byte ^ 1)))"
	tail -c "+$(($2 + 2))" "$1"
}

# flips FILE STEP NAME COMMAND...: how many of its bytes nobody misses.
flips() {
	flips_file=$1
	flips_step=$2
	flips_name=$3
	shift 3
	cp "$flips_file" whole
	size=$(wc -c <whole)
	i=0
	missed=0
	while [ "$i" -lt "$size" ]; do
		flip whole "$i" >"$flips_file"
		"$@" >/dev/null 2>&1 && missed=$((missed + 1))
		i=$((i + flips_step))
	done
	cp whole "$flips_file"
	is "$missed" 0 "$flips_name"
	"$@" >/dev/null 2>&1
	result $? "$flips_name, and as it was it is good"
}
flips a.csv 5 "a byte of the table" exch-report verify m.txt
flips m.txt 3 "a byte of the manifest" exch-report verify m.txt
head -n 2 a.csv >cut.csv
said 1 "a table without its end" exch-report verify m.txt cut.csv
has err 'm.txt: something was changed, or it is another file' "what that is"
head -n 3 m.txt >cut.txt
said 3 "a manifest without its end" exch-report verify cut.txt
: >empty
said 3 "an empty one" exch-report verify empty
said 3 "one that is none" exch-report verify a.csv
said 3 "one that is not there" exch-report verify none
said 2 "none" exch-report verify
said 2 "too many" exch-report verify m.txt a.csv a.csv
rm a.csv
said 3 "a table that is not there" exch-report verify m.txt
audit --manifest m.txt -o a.csv

# ---- full disks, wrong usage ----

if [ -c /dev/full ]; then
	said 4 "a manifest on a full disk" audit --manifest /dev/full -o f.csv
	said 4 "rows of verify on a full disk" sh -c \
		'exch-report verify m.txt >/dev/full'
else
	skip "full disks" "no /dev/full"
fi
said 2 "table and manifest in one" audit --manifest a.new -o a.new
has err 'same file' "that is told"
said 2 "a signature of nothing" audit --sign none
has err 'add --manifest FILE' "what is missing"
said 2 "a signature without a key" exch-report verify --signature s m.txt

# ---- signatures ----

if ! grep -q '^#define HAVE_LIBCRYPTO 1' "$bin/config.h"; then
	said 2 "built without OpenSSL" audit --manifest m.txt --sign k
	has err 'without OpenSSL' "that is said"
	skip "signatures" "built without OpenSSL"
	finish
fi
if ! command -v openssl >/dev/null; then
	skip "signatures" "openssl is not installed"
	finish
fi
openssl genpkey -algorithm ed25519 -out key.pem 2>/dev/null
openssl pkey -in key.pem -pubout -out key.pub
chmod 600 key.pem
said 0 "a manifest is signed" audit --manifest m.txt --sign key.pem -o a.csv
same m.txt m.first "the signature changes nothing in it"
is "$(wc -c <m.txt.sig | tr -d ' ')" 64 "64 bytes"
said 0 "it verifies" exch-report verify -f csv --key key.pub m.txt
has out '^signature,good,m.txt.sig,,$' "by its key"
openssl pkeyutl -verify -rawin -pubin -inkey key.pub -in m.txt \
	-sigfile m.txt.sig >/dev/null
result $? "and for openssl"
openssl pkeyutl -sign -rawin -inkey key.pem -in m.txt -out o.sig
same o.sig m.txt.sig "openssl makes the same"
said 0 "one by openssl verifies here" \
	exch-report verify --key key.pub --signature o.sig m.txt
flips m.txt.sig 1 "a byte of the signature" \
	exch-report verify --key key.pub m.txt
flips m.txt 7 "a byte of a signed manifest" \
	exch-report verify --key key.pub m.txt
# Somebody who changes the manifest can make its hash anew, and not this.
sed '$d; s/^records=.*/records=1/' m.txt >f.txt
echo "check=$(sha256sum <f.txt | cut -d' ' -f1)" >>f.txt
cp m.txt.sig f.txt.sig
said 0 "a forged manifest holds by itself" exch-report verify f.txt
said 1 "and not by its signature" exch-report verify -f csv -k key.pub f.txt
has out '^signature,differs' "which is told"
head -c 63 m.txt.sig >short.sig
said 1 "a signature without its end" \
	exch-report verify -f csv -k key.pub --signature short.sig m.txt
has out '^signature,differs,short.sig,64,63$' "its length"
said 3 "a signature that is not there" \
	exch-report verify -k key.pub --signature none m.txt

# ---- keys ----

openssl genpkey -algorithm ed25519 -out other.pem 2>/dev/null
openssl pkey -in other.pem -pubout -out other.pub
said 1 "another key" exch-report verify -k other.pub m.txt
openssl genpkey -algorithm ed448 -out kind.pem 2>/dev/null
openssl pkey -in kind.pem -pubout -out kind.pub
openssl genpkey -algorithm ed25519 -aes256 -pass pass:secret -out secret.pem \
	2>/dev/null
head -c 60 key.pem >cut.pem
cp key.pub public.pem
cp key.pem open.pem
chmod 600 ./*.pem empty
chmod 640 open.pem
mkdir dir
# key FILE SAYS: signing with it is refused, and nothing is written.
key() {
	rm -f n.csv n.txt n.txt.sig
	"exch-report" audit -q -f csv --manifest n.txt --sign "$1" -o n.csv \
		day.xst >out 2>err
	code=$?
	[ "$code" -ge 2 ] && [ ! -e n.csv ] && [ ! -e n.txt ] &&
		[ ! -e n.txt.sig ]
	result $? "$1 is no key to sign with"
	has err "$1: $2" "and why"
}
key kind.pem 'the key is of another kind'
key secret.pem 'the key is encrypted'
key cut.pem 'there is no whole private key'
key empty 'the key is empty'
key public.pem 'it is the public half'
key open.pem 'others can read this key'
key dir 'a key stands in a regular file'
key none 'cannot open'
for f in kind.pub empty key.pem cut.pem; do
	said 3 "$f is no key to verify with" exch-report verify -k "$f" m.txt
done

# ---- what is read is not written over ----

cp day.xst again.xst
cp key.pem k.sig
chmod 600 k.sig
said 2 "a manifest over the key" audit --manifest key.pem --sign key.pem -o f.csv
has err 'is read and would be replaced' "is told"
said 2 "a signature over the key" audit --manifest k --sign k.sig -o f.csv
said 2 "a manifest over the day" \
	exch-report audit -f csv --manifest again.xst -o f.csv again.xst
said 2 "a manifest over the table" audit --manifest ./f2.csv -o f2.csv
said 2 "a manifest on standard output" audit --manifest - -o f.csv
same key.pem k.sig "the key is what it was"
said 2 "a manifest beside a signature of another" audit --manifest m.txt -o f.csv
has err 'm.txt.sig, would stand beside' "is told"
said 2 "what is verified is not written over" \
	exch-report verify -o m.txt m.txt
if [ -c /dev/full ]; then
	ln -sf /dev/full full.txt.sig
	said 4 "a signature on a full disk" \
		audit --manifest full.txt --sign key.pem -o f.csv
	[ ! -e full.txt ]
	result $? "leaves no manifest without it"
	cp m.txt full.txt
	said 4 "nor over one that was there" \
		audit --manifest full.txt --sign key.pem -o f.csv
	same full.txt m.txt "which stays"
fi
# What others could see: names in the order in which they came to be.
if command -v strace >/dev/null &&
	strace -o trace -e trace=rename,renameat,unlink,unlinkat,linkat,link \
		exch-report audit -q -f csv --manifest m.txt --sign key.pem \
		-o a.csv day.xst 2>/dev/null; then
	is "$(sed -n 's/.*"\([^"]*\)".*= 0$/\1/p' trace | sed 's|.*/||' |
		grep -x 'a.csv\|m.txt\|m.txt.sig' | tr '\n' ' ')" \
		"a.csv m.txt m.txt.sig m.txt " \
		"the table, no manifest, its signature, the manifest"
else
	skip "the order of names" "strace cannot run here"
fi

finish
