"""Files in a real browser: pictures are shown by addresses that last, and what could run is saved."""

import requests

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0L9 9'/></svg>"
HTML = b"<!doctype html><title>quiet</title><script>document.title = 'ran'</script>"
# One red pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082")


def upload(demo, user, name: str, content: bytes, content_type: str) -> dict:
    ticket = requests.post(
        f"{demo.base}/api/v1/courses/{demo.ready['course_id']}/files", timeout=30,
        json={"name": name, "size": len(content), "content_type": content_type},
        headers={"Authorization": f"Bearer {user['api_token']}"}).json()
    answer = requests.post(ticket["upload_url"], data=ticket["upload_params"], files={"file": ("x", content)}, timeout=30)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_picture_is_shown_on_a_page_by_an_address_that_lasts(demo, arrive, cast):
    file = upload(demo, cast["instructor"], "red.png", PNG, "image/png")
    page = arrive(cast["students"][0]).page
    page.goto("/")
    width = page.evaluate(
        """(path) => new Promise((done) => {
          const image = new Image();
          image.onload = () => done(image.naturalWidth);
          image.onerror = () => done(0);
          image.src = path;
          document.body.append(image);
        })""", f"/files/{file['id']}/preview")
    assert width == 1


def test_what_could_run_is_saved(demo, arrive, cast):
    # A picture as a document of its own may load nothing, not even the site's icon.
    page = arrive(cast["students"][0], allow="ERR_BLOCKED_BY_RESPONSE").page
    for name, content, content_type in [
        ("a.svg", SVG, "image/svg+xml"), ("a.html", HTML, "text/html"), ("b.html", HTML, "application/xhtml+xml"),
        ("c.html", HTML, "image/png"), ("d.html", HTML, "text/plain"),
    ]:
        file = upload(demo, cast["instructor"], name, content, content_type)
        shown = content_type in ("image/png", "text/plain")
        for mode in ("preview", "download"):
            page.goto("/")
            if shown and mode == "preview":
                page.goto(f"/files/{file['id']}/preview")
            else:
                with page.expect_download() as download:
                    page.evaluate("(path) => { location.href = path; }", f"/files/{file['id']}/{mode}")
                assert download.value.suggested_filename.startswith(name[0])
            assert page.title() != "ran", (name, mode)
