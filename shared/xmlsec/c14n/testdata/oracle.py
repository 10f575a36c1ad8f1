"""Canonicalises with libxml2: the independent judge of the tests in this package.

Reads jobs from standard input, one a line: a file, the number of an element in
document order from 1 (0: the whole document), and the PrefixList's tokens, with
tabs between the three. Writes, per job, the length of the answer, a line feed and
the answer; or -1 and a line feed if libxml2 refuses. Exits with 3 where there is
no libxml2.
"""
import ctypes
import ctypes.util
import sys

NOENT, NOERROR, NOWARNING, NONET, HUGE = 1 << 1, 1 << 5, 1 << 6, 1 << 11, 1 << 19
EXCLUSIVE = 1

if not ctypes.util.find_library("xml2"):
    sys.exit(3)
lib = ctypes.CDLL(ctypes.util.find_library("xml2"))
pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
for name, result, arguments in (
    ("xmlReadFile", pointer, [text, text, number]),
    ("xmlFreeDoc", None, [pointer]),
    ("xmlXPathNewContext", pointer, [pointer]),
    ("xmlXPathFreeContext", None, [pointer]),
    ("xmlXPathEval", pointer, [text, pointer]),
    ("xmlXPathFreeObject", None, [pointer]),
    ("xmlC14NDocDumpMemory", number, [pointer, pointer, number, ctypes.POINTER(text), number, ctypes.POINTER(pointer)]),
):
    getattr(lib, name).restype, getattr(lib, name).argtypes = result, arguments


class XPathObject(ctypes.Structure):
    _fields_ = [("type", number), ("nodes", pointer)]


def canonical(doc, nodes, prefixes):
    array = (text * (len(prefixes) + 1))(*prefixes, None)
    out = pointer()
    size = lib.xmlC14NDocDumpMemory(doc, nodes, EXCLUSIVE, array, 0, ctypes.byref(out))
    return ctypes.string_at(out, size) if size >= 0 else None


def subtree(doc, element, prefixes):
    apex = "(//*)[%d]/descendant-or-self::" % element
    context = lib.xmlXPathNewContext(doc)
    found = lib.xmlXPathEval(f"{apex}node()|{apex}*/@*|{apex}*/namespace::*".encode(), context)
    nodes = ctypes.cast(found, ctypes.POINTER(XPathObject)).contents.nodes
    answer = canonical(doc, nodes, prefixes)
    lib.xmlXPathFreeObject(found)
    lib.xmlXPathFreeContext(context)
    return answer


def main():
    last, doc = None, None
    for job in sys.stdin.buffer.read().splitlines():
        file, element, prefixes = job.split(b"\t")
        if file != last:
            if doc:
                lib.xmlFreeDoc(doc)
            last, doc = file, lib.xmlReadFile(file, None, NOENT | NOERROR | NOWARNING | NONET | HUGE)
        answer = None
        if doc and int(element):
            answer = subtree(doc, int(element), prefixes.split())
        elif doc:
            answer = canonical(doc, None, prefixes.split())
        if answer is None:
            sys.stdout.buffer.write(b"-1\n")
        else:
            sys.stdout.buffer.write(b"%d\n" % len(answer) + answer)


main()
