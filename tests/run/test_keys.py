from config.launcher import keys


def test_keys_are_made_once_and_kept_secret(tmp_path):
    first = keys.ensure(tmp_path)

    assert keys.ensure(tmp_path) == first
    assert all(len(first[key]) >= size for key, size in keys.GENERATED.items())
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


def test_two_folders_have_different_keys(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    first, second = keys.ensure(tmp_path / "a"), keys.ensure(tmp_path / "b")

    assert not set(first.values()) & set(second.values())


def test_settings_of_the_administrator_stay_when_keys_are_added(tmp_path):
    (tmp_path / ".env").write_text("# mine\nexport ALLOWED_HOSTS='erp.example.com'\nLANGUAGE_CODE=en\n")

    found = keys.ensure(tmp_path)

    assert found["ALLOWED_HOSTS"] == "erp.example.com"
    assert (
        (tmp_path / ".env").read_text().startswith("# mine\nexport ALLOWED_HOSTS='erp.example.com'\nLANGUAGE_CODE=en\n")
    )
    assert keys.ensure(tmp_path) == found


def test_programs_see_settings_but_no_password_of_the_database(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("LANGUAGE_CODE", "en")
    (tmp_path / ".env").write_text("LANGUAGE_CODE=zh-hans\n")

    seen = keys.settings(keys.ensure(tmp_path))

    assert set(seen) == {"SECRET_KEY"}  # the language of the environment wins
